using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Scoring.Http.Identity;

/// <summary>Asks each request of a function who calls, and whether it may. It is there only where <see cref="IdentityOptions"/> or <see cref="CallerOptions"/> ask for it. Thread safe.</summary>
public sealed class CallerGate
{
    private const string Scheme = "Bearer ";

    private readonly BearerTokens? tokens;
    private readonly PrincipalHeader? principal;
    private readonly KeyCallers keys;
    private readonly ILogger logger;

    internal CallerGate(IOptions<IdentityOptions> options, BearerTokens? tokens, PrincipalHeader? principal, KeyCallers keys, ILogger<CallerGate> logger)
    {
        AsksForKeys = options.Value.Mode != IdentityMode.InsteadOfKeys;
        this.tokens = tokens;
        this.principal = principal;
        this.keys = keys;
        this.logger = logger;
    }

    /// <summary>Whether the host asks for a function key as ever; false where identities stand in place of keys.</summary>
    public bool AsksForKeys { get; }

    /// <summary>Lets a request pass, or gives its answer.</summary>
    /// <param name="context">The request; from here on it carries its caller.</param>
    /// <param name="opening">The roles of which any opens the function; none for a function that is open to anybody.</param>
    /// <param name="model">The model that the route names; null where it names none.</param>
    /// <returns>Null to go on; else what the caller is told.</returns>
    public async ValueTask<IResult?> AdmitAsync(HttpContext context, CallerRoles opening, string? model)
    {
        if (opening == CallerRoles.None)
        {
            return null;
        }

        try
        {
            var caller = await FindAsync(context.Request).ConfigureAwait(false) ?? (AsksForKeys ? keys.Of(context.Request) : throw CallerException.Nobody());
            if ((caller.Roles & opening) == 0)
            {
                var roles = opening.ToString();
                throw new CallerException(
                    ErrorCode.Forbidden, $"The caller has none of the roles that open this: {roles}.", CallerException.InsufficientScope, roles.Replace(",", "", StringComparison.Ordinal));
            }

            if (model is not null)
            {
                caller.RequireModel(model);
            }

            caller.Arrive(context.Request.ContentLength);
            context.Features.Set(caller);
            return null;
        }
        catch (Exception exception) when (exception is not System.Diagnostics.UnreachableException)
        {
            return AnswerTo(exception, context.Request);
        }
    }

    private ValueTask<Caller?> FindAsync(HttpRequest request)
    {
        if (principal is not null && request.Headers.TryGetValue(PrincipalHeader.Name, out var header))
        {
            return ValueTask.FromResult<Caller?>(principal.Read(header.Count == 1 ? header[0]! : throw CallerException.Refused($"The request has several headers {PrincipalHeader.Name}.")));
        }

        if (tokens is null || !request.Headers.TryGetValue("Authorization", out var values))
        {
            return default;
        }

        if (values.Count > 1)
        {
            throw CallerException.Refused("The request has several headers Authorization.");
        }

        return values[0] is { } text && text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? ReadAsync(text.AsMemory(Scheme.Length).Trim()) : default;
    }

    // The token stays where it is: a copy would cost more than what is known of it.
    private async ValueTask<Caller?> ReadAsync(ReadOnlyMemory<char> token) => await tokens!.ReadAsync(token).ConfigureAwait(false);

    // In the words of the protocol that the route speaks.
    private IResult AnswerTo(Exception exception, HttpRequest request) =>
        request.Path.StartsWithSegments("/v2", StringComparison.Ordinal) ? InferenceError.Answer(exception, request, logger)
        : request.Path.StartsWithSegments("/v1", StringComparison.Ordinal) ? OpenAiError.Answer(exception, request, logger)
        : Guarded.Answer(exception, request, logger);
}
