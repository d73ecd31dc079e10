using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Configuration;
using Scoring.Http.Identity;
using Scoring.Http.Shadowing;
using Scoring.Outcomes;
using Scoring.Outcomes.Captures;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Serving.Batching;
using Scoring.Serving.Rollouts;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary><c>POST /api/score/{model}</c> and <c>/{version}</c>: instances in, predictions out.</summary>
public sealed class ScoreEndpoint(ModelCatalog catalog, DynamicBatcher batcher, BodyBudget bodies, ShadowScorer shadows, ReceiptIssuer issuer, CaptureWriter captures, ScoringMetrics metrics, IOptions<ScoringOptions> options, ILogger<ScoreEndpoint> logger)
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
        RoutedRequest? routed = null;
        ShadowedRequest? shadow = null;
        RequestBody body = default;
        try
        {
            // 1 a lease on the version, 2 the body, by which a rollout may choose another, 3 its rows, 4 the run, 5 the answer, 6 the leases go back.
            MediaTypes.RequireJson(request);
            var deadline = CallerTimeout.Of(request, arrival, options.RequestTimeout);
            using var live = await catalog.LeaseForRequestAsync(model, version, deadline.Left(), cancellationToken).ConfigureAwait(false);
            slo = live.Model.Config.Slo;
            answering = live.Model.Package.Version;
            body = await RequestBody.ReadAsync(request, bodies, cancellationToken, deadline).ConfigureAwait(false);
            routed = version is null && live.HasRollout ? RequestRouting.Deal(live, body.Span) : null;
            using var candidate = routed?.Lease() ?? default;
            var chosen = candidate.IsEmpty ? live.Model : candidate.Model;
            slo = chosen.Config.Slo;
            answering = chosen.Package.Version;
            shadow = routed is { IsShadowed: true } ? shadows.Begin(routed, body.Span) : null;
            var capture = captures.Choose(chosen.Config.Capture, chosen.Package.Name, answering, chosen.FeatureNames, body.Span);
            var (batch, parameters, charge) = Read(ref body, chosen);
            using var rented = batch;
            using var held = charge;
            Caller.Of(request.HttpContext)?.Ask(model, batch.Count);
            batch.LimitAnswer(options.MaxAnswerBytes);
            var receipts = ReceiptRule.Choose(batch.Model, parameters.Receipts, issuer, "/parameters/receipts");
            caller = new RunCaller(request.HttpContext, metrics, model, answering, slo, arrival, ProblemResult.From, routed);
            await batcher.RunAsync(batch, deadline, cancellationToken, caller).ConfigureAwait(false);
            if (!caller.TryTake())
            {
                return caller;
            }

            using var turn = await LargeWork.TurnAsync(batch.LeastAnswerBytes, cancellationToken).ConfigureAwait(false);
            var answer = Write(batch, parameters, receipts, routed?.Visitor);
            shadow?.Answered(answer.Written);
            if (capture is not null)
            {
                captures.Add(capture, answer.Written);
            }

            return ScoreAnswer.Rent(answer, metrics, model, answering, slo, arrival, batch.Count, activity, (IRequestWatch?)shadow ?? routed);
        }
        catch (Exception exception) when (exception is not UnreachableException)
        {
            if (caller?.TryTake() == false)
            {
                return caller;
            }

            using var failure = ScoringActivity.StartFailure(activity, request.Headers.TraceParent);
            var code = Guarded.CodeOf(exception, cancellationToken);
            metrics.RequestCompleted(model, answering, code.Name(), Stopwatch.GetElapsedTime(arrival), slo, 0, activity ?? failure, watch: routed);
            return Guarded.Answer(exception, request, logger);
        }
        finally
        {
            body.Dispose();
        }
    }

    // The rows are as large as the body, so what it holds of the budget goes back with the answer.
    private (ScoringBatch Batch, ScoreParameters Parameters, BodyCharge? Charge) Read(ref RequestBody body, LoadedModel model)
    {
        var batch = model.RentBatch();
        try
        {
            var parameters = ScoreRequest.Read(body.Span, batch, options.MaxInstances);
            var charge = body.Charge?.Share();
            body.Dispose();
            return (batch, parameters, charge);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    private ResponseBuffer Write(ScoringBatch batch, ScoreParameters parameters, ReceiptIssuer? receipts, ulong? visitor)
    {
        var buffer = ResponseBuffer.Rent(options.MaxAnswerBytes);
        try
        {
            ScoreResponse.Write(buffer.Writer, batch, parameters, metrics, receipts, visitor);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
