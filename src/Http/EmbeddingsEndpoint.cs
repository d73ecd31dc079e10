using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Configuration;
using Scoring.Http.Identity;
using Scoring.Protocol.OpenAi;
using Scoring.Serving;
using Scoring.Serving.Batching;
using Scoring.Serving.Rollouts;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary><c>POST /v1/embeddings</c>: texts in, their embeddings out, as OpenAI's clients speak it.</summary>
public sealed class EmbeddingsEndpoint(ModelCatalog catalog, DynamicBatcher batcher, BodyBudget bodies, ScoringMetrics metrics, IOptions<ScoringOptions> options, ILogger<EmbeddingsEndpoint> logger)
{
    // What a request counts under that names no model.
    private const string NoModel = "unknown";

    private readonly ScoringOptions options = options.Value;

    /// <summary>Embeds the inputs of a request.</summary>
    /// <param name="request">Its body is read to the end; it names the model.</param>
    /// <param name="cancellationToken">Fires when the client leaves.</param>
    public async Task<IResult> EmbedAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var arrival = Stopwatch.GetTimestamp();
        var slo = ModelConfig.Empty.Slo;
        var asked = new EmbeddingsModel(NoModel, NoModel, null);
        var answering = "";
        Activity? activity = null;
        RoutedRequest? routed = null;
        try
        {
            // 1 the body, which names the model, 2 a lease on its version, 3 the inputs into its rows, 4 the run, 5 the answer, 6 the lease goes back.
            MediaTypes.RequireJson(request);
            var deadline = CallerTimeout.Of(request, arrival, options.RequestTimeout);
            using var body = await RequestBody.ReadAsync(request, bodies, cancellationToken, deadline).ConfigureAwait(false);
            asked = EmbeddingsRequest.ReadModel(body.Span);
            body.EndTurn();
            Caller.Of(request.HttpContext)?.RequireModel(asked.Name);
            answering = asked.Version ?? "";
            activity = ScoringActivity.StartRequest(asked.Name, request.Headers.TraceParent);
            using var live = await catalog.LeaseForRequestAsync(asked.Name, asked.Version, deadline.Left(), cancellationToken).ConfigureAwait(false);
            slo = live.Model.Config.Slo;
            answering = live.Model.Package.Version;
            using var reading = await LargeWork.TurnAsync(body.Length, cancellationToken, deadline).ConfigureAwait(false);
            routed = asked.Version is null && live.HasRollout ? RequestRouting.DealByUser(live, body.Span) : null;
            using var candidate = routed?.Lease() ?? default;
            var chosen = candidate.IsEmpty ? live.Model : candidate.Model;
            slo = chosen.Config.Slo;
            answering = chosen.Package.Version;
            using var batch = chosen.RentBatch();
            var wanted = EmbeddingsRequest.Read(body.Span, batch, options.MaxInstances);
            reading?.Dispose();
            Caller.Of(request.HttpContext)?.Ask(asked.Name, batch.Count);
            batch.LimitAnswer(options.MaxAnswerBytes);
            await batcher.RunAsync(batch, deadline, cancellationToken).ConfigureAwait(false);
            using var writing = await LargeWork.TurnAsync(batch.LeastAnswerBytes, cancellationToken).ConfigureAwait(false);
            return ScoreAnswer.Rent(Write(batch, asked.Id, wanted), metrics, asked.Name, answering, slo, arrival, batch.Count, activity, routed);
        }
        catch (Exception exception) when (exception is not UnreachableException)
        {
            using var failure = ScoringActivity.StartFailure(activity, request.Headers.TraceParent);
            var code = Guarded.CodeOf(exception, cancellationToken);
            metrics.RequestCompleted(asked.Name, answering, code.Name(), Stopwatch.GetElapsedTime(arrival), slo, 0, activity ?? failure, watch: routed);
            return OpenAiError.Answer(exception, request, logger);
        }
        finally
        {
            activity?.Dispose();
        }
    }

    private ResponseBuffer Write(ScoringBatch batch, string model, in PredictionOptions wanted)
    {
        var buffer = ResponseBuffer.Rent(options.MaxAnswerBytes);
        try
        {
            EmbeddingsResponse.Write(buffer.Writer, batch, model, wanted);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
