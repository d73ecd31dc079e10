using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Configuration;
using Scoring.Outcomes;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Serving.Batching;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary><c>POST /api/score/{model}</c> and <c>/{version}</c>: instances in, predictions out.</summary>
public sealed class ScoreEndpoint(ModelCatalog catalog, DynamicBatcher batcher, BodyBudget bodies, ReceiptIssuer issuer, ScoringMetrics metrics, IOptions<ScoringOptions> options, ILogger<ScoreEndpoint> logger)
{
    private readonly ScoringOptions options = options.Value;

    /// <summary>Scores a request.</summary>
    /// <param name="request">Its body is read to the end.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="version">A version's number, or null for the live one.</param>
    /// <param name="cancellationToken">Fires when the client leaves.</param>
    public async Task<IResult> ScoreAsync(HttpRequest request, string model, string? version, CancellationToken cancellationToken)
    {
        var arrival = Stopwatch.GetTimestamp();
        using var activity = ScoringActivity.StartRequest(model, request.Headers.TraceParent);
        var slo = ModelConfig.Empty.Slo;
        var answering = version ?? "";
        RunCaller? caller = null;
        try
        {
            // 1 a lease on the version, 2 the body into its rows, 3 and 4 the run, 5 the answer, 6 the lease goes back.
            MediaTypes.RequireJson(request);
            var deadline = CallerTimeout.Of(request, arrival, options.RequestTimeout);
            using var lease = await catalog.LeaseForRequestAsync(model, version, deadline.Left(), cancellationToken).ConfigureAwait(false);
            slo = lease.Model.Config.Slo;
            answering = lease.Model.Package.Version;
            using var batch = lease.Model.RentBatch();
            var (parameters, charge) = await ReadAsync(request, batch, cancellationToken).ConfigureAwait(false);
            using var held = charge;
            batch.LimitAnswer(options.MaxAnswerBytes);
            var receipts = ReceiptRule.Choose(batch.Model, parameters.Receipts, issuer, "/parameters/receipts");
            caller = new RunCaller(request.HttpContext, metrics, model, answering, slo, arrival, ProblemResult.From);
            await batcher.RunAsync(batch, deadline, cancellationToken, caller).ConfigureAwait(false);
            return !caller.TryTake() ? caller : ScoreAnswer.Rent(Write(batch, parameters, receipts), metrics, model, answering, slo, arrival, batch.Count, activity);
        }
        catch (Exception exception) when (exception is not UnreachableException)
        {
            if (caller?.TryTake() == false)
            {
                return caller;
            }

            using var failure = ScoringActivity.StartFailure(activity, request.Headers.TraceParent);
            var code = Guarded.CodeOf(exception, cancellationToken);
            metrics.RequestCompleted(model, answering, code.Name(), Stopwatch.GetElapsedTime(arrival), slo, 0, activity ?? failure);
            return Guarded.Answer(exception, request, logger);
        }
    }

    // The rows are as large as the body, so what it holds of the budget goes back with the answer.
    private async ValueTask<(ScoreParameters Parameters, BodyCharge? Charge)> ReadAsync(HttpRequest request, ScoringBatch batch, CancellationToken cancellationToken)
    {
        using var body = await RequestBody.ReadAsync(request, bodies, cancellationToken).ConfigureAwait(false);
        return (ScoreRequest.Read(body.Span, batch, options.MaxInstances), body.Charge?.Share());
    }

    private ResponseBuffer Write(ScoringBatch batch, ScoreParameters parameters, ReceiptIssuer? receipts)
    {
        var buffer = ResponseBuffer.Rent(options.MaxAnswerBytes);
        try
        {
            ScoreResponse.Write(buffer.Writer, batch, parameters, metrics, receipts);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
