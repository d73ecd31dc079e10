using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Serving.Batching;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary><c>POST /api/score/{model}</c> and <c>/{version}</c>: instances in, predictions out.</summary>
public sealed class ScoreEndpoint(ModelCatalog catalog, RunGate gate, RunWatch watch, ScoringMetrics metrics, IOptions<ScoringOptions> options, TimeProvider time, ILogger<ScoreEndpoint> logger)
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
        using var activity = ScoringActivity.StartRequest(model);
        var slo = ModelConfig.Empty.Slo;
        var answering = version ?? "";
        try
        {
            // 1 a lease on the version, 2 the body into its rows, 3 and 4 the run, 5 the answer, 6 the lease goes back.
            MediaTypes.RequireJson(request);
            using var lease = await catalog.LeaseAsync(model, version, cancellationToken).ConfigureAwait(false);
            slo = lease.Model.Config.Slo;
            answering = lease.Model.Package.Version;
            using var batch = lease.Model.RentBatch();
            var parameters = await ReadAsync(request, batch, cancellationToken).ConfigureAwait(false);
            await RunAsync(batch, arrival, cancellationToken).ConfigureAwait(false);
            return ScoreAnswer.Rent(Write(batch, parameters), metrics, model, answering, slo, arrival, batch.Count, activity);
        }
        catch (Exception exception) when (exception is not UnreachableException)
        {
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

    private ValueTask RunAsync(ScoringBatch batch, long arrival, CancellationToken cancellationToken)
    {
        if (batch.Model.IsHeldBack(batch) || !gate.TryEnter(out var slot))
        {
            return WaitAndRunAsync(batch, arrival, cancellationToken);
        }

        Run(batch, slot, cancellationToken);
        return ValueTask.CompletedTask;
    }

    private async ValueTask WaitAndRunAsync(ScoringBatch batch, long arrival, CancellationToken cancellationToken)
    {
        var left = options.RequestTimeout - Stopwatch.GetElapsedTime(arrival);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1));
        var slot = batch.Model.IsHeldBack(batch)
            ? await gate.HoldBackAsync(batch, batch.Model.Config.MaxDelay, time, deadline.Token).ConfigureAwait(false)
            : await gate.EnterAsync(RunKind.Request, batch, deadline.Token).ConfigureAwait(false);
        if (slot.WasTaken)
        {
            return;
        }

        var package = batch.Model.Package;
        using var activity = ScoringActivity.StartRun(package.Name, package.Version, batch.Count);
        using var limit = watch.Begin(Stopwatch.GetTimestamp(), options.RequestTimeout, cancellationToken);
        var (rows, took) = DynamicBatcher.Run(batch, gate, slot, cancellationToken, limit);
        metrics.InferenceCompleted(package.Name, package.Version, took, rows);
    }

    private void Run(ScoringBatch batch, RunSlot slot, CancellationToken cancellationToken)
    {
        using (slot)
        {
            var package = batch.Model.Package;
            using var activity = ScoringActivity.StartRun(package.Name, package.Version, batch.Count);
            var start = Stopwatch.GetTimestamp();
            using var limit = watch.Begin(start, options.RequestTimeout, cancellationToken);
            batch.Run(limit, cancellationToken);
            metrics.InferenceCompleted(package.Name, package.Version, Stopwatch.GetElapsedTime(start), batch.Count);
        }
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
