using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Scoring.Http.Identity;

/// <summary>Turns a bearer token into its caller: issuer, audience, lifetime and signature are checked, once for each token. Thread safe.</summary>
internal sealed class BearerTokens(IssuerKeys keys, CallerFactory callers, IOptions<IdentityOptions> options, TimeProvider time)
{
    private const int MaxTokenBytes = 16 << 10;
    private const int StackBytes = 4 << 10;

    // Signatures by a key pair alone: with a shared secret, whoever checks could sign.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxTokenBytes };
    private readonly CallerCache cache = new();
    private readonly TimeSpan skew = options.Value.ClockSkew;
    private readonly string[] audiences = IdentityOptions.List(options.Value.Audiences);
    private readonly string[] issuers = IdentityOptions.List(options.Value.Issuers);

    /// <summary>The caller that a token names.</summary>
    /// <exception cref="CallerException">The token is refused; the message says why.</exception>
    /// <exception cref="ScoringException"><see cref="ErrorCode.IssuerUnavailable"/>.</exception>
    public async ValueTask<Caller> ReadAsync(ReadOnlyMemory<char> token)
    {
        if (token.Length is 0 or > MaxTokenBytes)
        {
            throw CallerException.Refused($"found a token of {token.Length} characters; expected 1 to {MaxTokenBytes}");
        }

        var hash = HashOf(token.Span);
        var configuration = await keys.GetAsync().ConfigureAwait(false);
        if (cache.Find(hash) is { } known && known.Basis == configuration && time.GetUtcNow() < known.Until)
        {
            return known.Caller;
        }

        var text = token.ToString();
        var result = await ValidateAsync(text, configuration).ConfigureAwait(false);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException && await keys.NewerAsync(configuration).ConfigureAwait(false) is { } newer)
        {
            configuration = newer;
            result = await ValidateAsync(text, newer).ConfigureAwait(false);
        }

        if (!result.IsValid)
        {
            throw CallerException.Refused(ReasonOf(result.Exception));
        }

        var read = (JsonWebToken)result.SecurityToken;
        var caller = callers.OfClaims(read.Claims.Select(claim => (claim.Type, claim.Value)));
        cache.Add(hash, new(caller, new DateTimeOffset(read.ValidTo, TimeSpan.Zero) + skew, configuration));
        return caller;
    }

    private static CallerCache.Hash HashOf(ReadOnlySpan<char> token)
    {
        Span<byte> stack = stackalloc byte[StackBytes];
        return Encoding.UTF8.TryGetBytes(token, stack, out var written) ? CallerCache.HashOf(stack[..written]) : CallerCache.HashOf(Encoding.UTF8.GetBytes(token.ToString()));
    }

    private Task<TokenValidationResult> ValidateAsync(string token, OpenIdConnectConfiguration configuration) => handler.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuers = [configuration.Issuer, .. issuers],
        ValidAudiences = audiences,
        ValidAlgorithms = Algorithms,
        IssuerSigningKeys = configuration.SigningKeys,
        TryAllIssuerSigningKeys = false,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        LifetimeValidator = (notBefore, expires, _, _) => IsNow(notBefore, expires),
    });

    // By the app's own clock, which tests move.
    private bool IsNow(DateTime? notBefore, DateTime? expires)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (expires is not { } end)
        {
            throw new SecurityTokenNoExpirationException();
        }

        if (end + skew <= now)
        {
            throw new SecurityTokenExpiredException();
        }

        return notBefore is not { } start || start - skew <= now ? true : throw new SecurityTokenNotYetValidException();
    }

    // What is wrong, and nothing of the token or of what would have been right.
    private static string ReasonOf(Exception exception) => exception switch
    {
        SecurityTokenExpiredException => "The token has expired.",
        SecurityTokenNotYetValidException => "The token is not valid yet.",
        SecurityTokenNoExpirationException => "The token does not say when it expires.",
        SecurityTokenInvalidAudienceException => "The token is for another audience.",
        SecurityTokenInvalidIssuerException => "The token is of another issuer.",
        SecurityTokenSignatureKeyNotFoundException => "The token is signed by a key that the issuer does not publish.",
        SecurityTokenInvalidSignatureException => "The token's signature is missing or wrong.",
        _ => "The token cannot be read.",
    };
}
