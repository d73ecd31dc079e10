using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Http.Identity;
using Scoring.Protocol.OpenInference;
using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary>The Open Inference Protocol v2, except its health routes. <c>docs/open-inference.md</c> says what is done where the protocol leaves a choice.</summary>
public sealed partial class OpenInferenceEndpoint(
    ModelCatalog catalog, RunGate gate, RunWatch watch, BodyBudget bodies, ScoringMetrics metrics, AuditLog audit, IOptions<ScoringOptions> options, ILogger<OpenInferenceEndpoint> logger)
{
    private readonly ScoringOptions options = options.Value;

    /// <summary><c>GET /v2</c>.</summary>
    public static IResult Server() => new JsonResult(ModelMetadata.WriteServer);

    /// <summary><c>GET /v2/models/{model}</c> and <c>/versions/{version}</c>: names, types and shapes.</summary>
    public Task<IResult> DescribeAsync(HttpRequest request, string model, string? version, CancellationToken cancellationToken) => AnswerAsync(request, async () =>
    {
        using var lease = await catalog.LeaseForRequestAsync(model, version, cancellationToken).ConfigureAwait(false);
        var status = await catalog.DescribeAsync(model, cancellationToken).ConfigureAwait(false);
        var buffer = ResponseBuffer.Rent();
        ModelMetadata.Write(buffer.Writer, lease.Model, status.Versions);
        buffer.Writer.Flush();
        return new BufferResult(buffer);
    });

    /// <summary><c>GET …/ready</c>: 200 once the version is loaded; asking loads it. 503 while it cannot be loaded.</summary>
    public Task<IResult> ReadyAsync(HttpRequest request, string model, string? version, CancellationToken cancellationToken) => AnswerAsync(request, async () =>
    {
        try
        {
            using var lease = await catalog.LeaseForRequestAsync(model, version, cancellationToken).ConfigureAwait(false);
            return Ready(model, true);
        }
        catch (ScoringException exception) when (exception.Code == ErrorCode.ModelUnavailable)
        {
            return Ready(model, false);
        }
    });

    /// <summary><c>POST /v2/repository/index</c>: every version that the repository holds and whether it is loaded.</summary>
    public Task<IResult> IndexAsync(HttpRequest request, CancellationToken cancellationToken) => AnswerAsync(request, async () =>
    {
        bool onlyReady;
        using (var body = await RequestBody.ReadAsync(request, bodies, cancellationToken).ConfigureAwait(false))
        {
            onlyReady = RepositoryIndex.ReadRequest(body.Span);
        }

        var models = Caller.Visible(request.HttpContext, await catalog.ListAsync(cancellationToken).ConfigureAwait(false));
        return new JsonResult(writer => RepositoryIndex.Write(writer, models, onlyReady));
    });

    /// <summary><c>POST /v2/repository/models/{model}/load</c>: loads the live version, as its first request would.</summary>
    public Task<IResult> LoadAsync(HttpRequest request, string model, CancellationToken cancellationToken) => AnswerAsync(request, async () =>
    {
        using var lease = await catalog.LeaseForRequestAsync(model, null, cancellationToken).ConfigureAwait(false);
        audit.Model(AuditLog.ModelLoaded, Caller.Of(request.HttpContext)?.Id ?? KeyCallers.IdOf(KeyCallers.KeyOf(request)), model);
        return Results.Ok();
    });

    /// <summary><c>POST /v2/repository/models/{model}/unload</c>: refused, since what is loaded follows the live pointer and the memory budget.</summary>
    public Task<IResult> UnloadAsync(HttpRequest request, string model) => AnswerAsync(request, () =>
        throw new ScoringException(ErrorCode.InvalidValue, $"'{model}' is not unloaded on demand: the service unloads what another live version replaces or what the memory budget has no room for."));

    private async Task<IResult> AnswerAsync(HttpRequest request, Func<Task<IResult>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not System.Diagnostics.UnreachableException)
        {
            return InferenceError.Answer(exception, request, logger);
        }
    }

    private static JsonResult Ready(string model, bool isReady) => new(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", model);
            writer.WriteBoolean("ready", isReady);
            writer.WriteEndObject();
        },
        isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
