using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Protocol.OpenInference;
using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <content>Inference.</content>
public sealed partial class OpenInferenceEndpoint
{
    /// <summary><c>POST …/infer</c>: tensors in, the model's own outputs back, never calibrated.</summary>
    /// <param name="request">Its body is read to the end.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="version">A version's number, or null for the live one.</param>
    /// <param name="cancellationToken">Fires when the client leaves.</param>
    public async Task<IResult> InferAsync(HttpRequest request, string model, string? version, CancellationToken cancellationToken)
    {
        var arrival = Stopwatch.GetTimestamp();
        using var activity = ScoringActivity.StartRequest(model);
        var slo = ModelConfig.Empty.Slo;
        var answering = version ?? "";
        RunCaller? caller = null;
        try
        {
            using var lease = await catalog.LeaseAsync(model, version, cancellationToken).ConfigureAwait(false);
            slo = lease.Model.Config.Slo;
            answering = lease.Model.Package.Version;
            caller = new RunCaller(request.HttpContext, metrics, model, answering, slo, arrival, failure => InferenceError.Answer(failure, request, logger));
            var length = InferenceBody.LengthOfJson(request);
            var (response, rows) = length is null
                ? await InferJsonAsync(request, lease.Model, arrival, caller, cancellationToken).ConfigureAwait(false)
                : await InferBinaryAsync(request, length.Value, lease.Model, arrival, caller, cancellationToken).ConfigureAwait(false);
            if (!caller.TryTake())
            {
                response.Dispose();
                return caller;
            }

            return new InferenceAnswer(response, metrics, model, answering, slo, arrival, rows);
        }
        catch (Exception exception) when (exception is not UnreachableException)
        {
            if (caller?.TryTake() == false)
            {
                return caller;
            }

            var code = Guarded.CodeOf(exception, cancellationToken);
            metrics.RequestCompleted(model, answering, code.Name(), Stopwatch.GetElapsedTime(arrival), slo, 0);
            return InferenceError.Answer(exception, request, logger);
        }
    }

    private async Task<(InferResponse Response, int Rows)> InferJsonAsync(HttpRequest request, LoadedModel model, long arrival, RunCaller caller, CancellationToken cancellationToken)
    {
        MediaTypes.RequireJson(request);
        InferRequest infer;
        using (var body = await RequestBody.ReadAsync(request, options.MaxBodyBytes, cancellationToken).ConfigureAwait(false))
        {
            infer = InferRequest.Read(model, body.Span);
        }

        using (infer)
        {
            return (await RunAsync(infer, model, arrival, caller, cancellationToken).ConfigureAwait(false), infer.Rows);
        }
    }

    private async Task<(InferResponse Response, int Rows)> InferBinaryAsync(
        HttpRequest request, int headerLength, LoadedModel model, long arrival, RunCaller caller, CancellationToken cancellationToken)
    {
        MediaTypes.RequireKnownEncoding(request);
        using var body = await InferenceBody.ReadAsync(request, headerLength, options.MaxBodyBytes, cancellationToken).ConfigureAwait(false);
        using var infer = InferRequest.Read(model, body, headerLength);
        return (await RunAsync(infer, model, arrival, caller, cancellationToken).ConfigureAwait(false), infer.Rows);
    }

    private async ValueTask<InferResponse> RunAsync(InferRequest infer, LoadedModel model, long arrival, RunCaller caller, CancellationToken cancellationToken)
    {
        if (gate.TryEnter(out var slot))
        {
            return Run(infer, model, slot, caller, cancellationToken);
        }

        var left = options.RequestTimeout - Stopwatch.GetElapsedTime(arrival);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1));
        return Run(infer, model, await gate.EnterAsync(RunKind.Request, deadline.Token).ConfigureAwait(false), caller, cancellationToken);
    }

    private InferResponse Run(InferRequest infer, LoadedModel model, RunSlot slot, RunCaller caller, CancellationToken cancellationToken)
    {
        using (slot)
        {
            var package = model.Package;
            using var activity = ScoringActivity.StartRun(package.Name, package.Version, infer.Rows);
            var start = Stopwatch.GetTimestamp();
            using var limit = watch.Begin(start, options.RequestTimeout, cancellationToken, caller);
            var response = infer.Run(limit);
            metrics.InferenceCompleted(package.Name, package.Version, Stopwatch.GetElapsedTime(start), infer.Rows);
            return response;
        }
    }
}
