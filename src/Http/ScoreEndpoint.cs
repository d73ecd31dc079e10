using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Configuration;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Serving.Batching;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary><c>POST /api/score/{model}</c> and <c>/{version}</c>: instances in, predictions out.</summary>
public sealed class ScoreEndpoint(ModelCatalog catalog, DynamicBatcher batcher, ScoringMetrics metrics, IOptions<ScoringOptions> options, ILogger<ScoreEndpoint> logger)
{
    private readonly ScoringOptions options = options.Value;
    private readonly long timeout = (long)(options.Value.RequestTimeout.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Scores a request.</summary>
    /// <param name="request">Its body is read to the end.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="version">A version's number, or null for the live one.</param>
    /// <param name="cancellationToken">Fires when the client leaves.</param>
    public async Task<IResult> ScoreAsync(HttpRequest request, string model, string? version, CancellationToken cancellationToken)
    {
        var arrival = Stopwatch.GetTimestamp();
        using var activity = ScoringActivity.StartRequest(model);
        var slo = ModelConfig.Empty.Slo;
        var answering = version ?? "";
        RunCaller? caller = null;
        try
        {
            // 1 a lease on the version, 2 the body into its rows, 3 and 4 the run, 5 the answer, 6 the lease goes back.
            MediaTypes.RequireJson(request);
            using var lease = await catalog.LeaseAsync(model, version, cancellationToken).ConfigureAwait(false);
            slo = lease.Model.Config.Slo;
            answering = lease.Model.Package.Version;
            using var batch = lease.Model.RentBatch();
            var parameters = await ReadAsync(request, batch, cancellationToken).ConfigureAwait(false);
            caller = new RunCaller(request.HttpContext, metrics, model, answering, slo, arrival, ProblemResult.From);
            await batcher.RunAsync(batch, arrival + timeout, cancellationToken, caller).ConfigureAwait(false);
            return !caller.TryTake() ? caller : ScoreAnswer.Rent(Write(batch, parameters), metrics, model, answering, slo, arrival, batch.Count, activity);
        }
        catch (Exception exception) when (exception is not UnreachableException)
        {
            if (caller?.TryTake() == false)
            {
                return caller;
            }

            var code = Guarded.CodeOf(exception, cancellationToken);
            metrics.RequestCompleted(model, answering, code.Name(), Stopwatch.GetElapsedTime(arrival), slo, 0);
            return Guarded.Answer(exception, request, logger);
        }
    }

    private async ValueTask<ScoreParameters> ReadAsync(HttpRequest request, ScoringBatch batch, CancellationToken cancellationToken)
    {
        using var body = await RequestBody.ReadAsync(request, options.MaxBodyBytes, cancellationToken).ConfigureAwait(false);
        return ScoreRequest.Read(body.Span, batch, options.MaxInstances);
    }

    private ResponseBuffer Write(ScoringBatch batch, ScoreParameters parameters)
    {
        var buffer = ResponseBuffer.Rent();
        try
        {
            ScoreResponse.Write(buffer.Writer, batch, parameters, metrics);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
