using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Http.Identity;
using Scoring.Inference.Buffers;
using Scoring.Protocol.OpenInference;
using Scoring.Serving;
using Scoring.Serving.Rollouts;
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
        using var activity = ScoringActivity.StartRequest(model, request.Headers.TraceParent);
        var slo = ModelConfig.Empty.Slo;
        var answering = version ?? "";
        RunCaller? caller = null;
        RoutedRequest? routed = null;
        try
        {
            var deadline = CallerTimeout.Of(request, arrival, options.RequestTimeout);
            using var live = await catalog.LeaseForRequestAsync(model, version, deadline.Left(), cancellationToken).ConfigureAwait(false);
            slo = live.Model.Config.Slo;
            answering = live.Model.Package.Version;

            // The protocol has no word for who asks: a rollout deals out each request by itself.
            routed = version is null && live.HasRollout ? live.Deal([]) : null;
            using var candidate = routed?.Lease() ?? default;
            var chosen = candidate.IsEmpty ? live.Model : candidate.Model;
            slo = chosen.Config.Slo;
            answering = chosen.Package.Version;
            caller = new RunCaller(request.HttpContext, metrics, model, answering, slo, arrival, failure => InferenceError.Answer(failure, request, logger), routed);
            var length = InferenceBody.LengthOfJson(request);
            var (response, rows) = length is null
                ? await InferJsonAsync(request, chosen, deadline, caller, cancellationToken).ConfigureAwait(false)
                : await InferBinaryAsync(request, length.Value, chosen, deadline, caller, cancellationToken).ConfigureAwait(false);
            if (!caller.TryTake())
            {
                response.Dispose();
                return caller;
            }

            return new InferenceAnswer(response, metrics, model, answering, slo, arrival, rows, activity, options.MaxAnswerBytes, routed);
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
            return InferenceError.Answer(exception, request, logger);
        }
    }

    private async Task<(InferResponse Response, int Rows)> InferJsonAsync(
        HttpRequest request, LoadedModel model, RunDeadline deadline, RunCaller caller, CancellationToken cancellationToken)
    {
        MediaTypes.RequireJson(request);
        InferRequest infer;
        BodyCharge? charge;
        using (var body = await RequestBody.ReadAsync(request, bodies, cancellationToken, deadline).ConfigureAwait(false))
        {
            infer = InferRequest.Read(model, body.Span);
            charge = body.Charge?.Share();
        }

        using (charge)
        using (infer)
        {
            Caller.Of(request.HttpContext)?.Ask(model.Package.Name, infer.Rows);
            return (await RunAsync(infer, model, deadline, caller, cancellationToken).ConfigureAwait(false), infer.Rows);
        }
    }

    private async Task<(InferResponse Response, int Rows)> InferBinaryAsync(
        HttpRequest request, int headerLength, LoadedModel model, RunDeadline deadline, RunCaller caller, CancellationToken cancellationToken)
    {
        MediaTypes.RequireKnownEncoding(request);
        using var body = await InferenceBody.ReadAsync(request, headerLength, bodies, cancellationToken, deadline).ConfigureAwait(false);
        using var infer = await ReadAsync(model, body.Memory, headerLength, deadline, cancellationToken).ConfigureAwait(false);
        Caller.Of(request.HttpContext)?.Ask(model.Package.Name, infer.Rows);
        return (await RunAsync(infer, model, deadline, caller, cancellationToken).ConfigureAwait(false), infer.Rows);
    }

    // Numbers stay where they are; JSON and texts are read.
    private static async ValueTask<InferRequest> ReadAsync(LoadedModel model, TensorMemory body, int headerLength, RunDeadline deadline, CancellationToken cancellationToken)
    {
        var bytes = model.Signature.Inputs.Any(input => input.ElementType == TensorElementType.String) ? body.Length : headerLength;
        using var turn = await LargeWork.TurnAsync(bytes, cancellationToken, deadline).ConfigureAwait(false);
        return InferRequest.Read(model, body, headerLength);
    }

    private async ValueTask<InferResponse> RunAsync(InferRequest infer, LoadedModel model, RunDeadline deadline, RunCaller caller, CancellationToken cancellationToken)
    {
        if (gate.TryEnter(model, out var slot))
        {
            return Run(infer, model, slot, deadline, caller, cancellationToken);
        }

        var left = deadline.Left();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1));
        return Run(infer, model, await WaitAsync(model, deadline, ending.Token).ConfigureAwait(false), deadline, caller, cancellationToken);
    }

    private async ValueTask<RunSlot> WaitAsync(LoadedModel model, RunDeadline deadline, CancellationToken ending)
    {
        using var activity = ScoringActivity.StartWait(model.Package.Name);
        return await gate.EnterAsync(model, deadline, ending).ConfigureAwait(false);
    }

    private InferResponse Run(InferRequest infer, LoadedModel model, RunSlot slot, RunDeadline deadline, RunCaller caller, CancellationToken cancellationToken)
    {
        using (slot)
        {
            var package = model.Package;
            using var activity = ScoringActivity.StartRun(package.Name, package.Version, infer.Rows);
            var start = Stopwatch.GetTimestamp();
            using var limit = watch.Begin(start, deadline.OfRun(start, options.RequestTimeout), cancellationToken, caller, model);
            var response = infer.Run(limit, options.MaxAnswerBytes);
            metrics.InferenceCompleted(package.Name, package.Version, Stopwatch.GetElapsedTime(start), infer.Rows);
            return response;
        }
    }
}
