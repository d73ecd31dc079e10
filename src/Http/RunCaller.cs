using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Scoring.Inference;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary>
/// A request while its run goes on. A run that does not end keeps its thread, and the endpoint with it, so another thread answers. Whoever of the two is first, answers alone.
/// </summary>
internal sealed class RunCaller(HttpContext context, ScoringMetrics metrics, string model, string version, TimeSpan slo, long arrival, Func<ScoringException, IResult> answer, IRequestWatch? watch = null) : IRunCaller, IResult
{
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int taker;

    /// <summary>Leaves the answer to the endpoint; false where it was given already. This object is then the endpoint's result.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref taker, 1, 0) != 2;

    /// <inheritdoc/>
    public void RunIsStuck(ScoringException failure)
    {
        if (Interlocked.CompareExchange(ref taker, 2, 0) == 0)
        {
            metrics.RequestCompleted(model, version, failure.Code.Name(), Stopwatch.GetElapsedTime(arrival), slo, 0, span: null, context.Request.Headers.TraceParent, watch);
            _ = Task.Run(() => AnswerAsync(failure));
        }
    }

    /// <summary>Waits until the answer is out: the connection is not to be used by two at once.</summary>
    public Task ExecuteAsync(HttpContext httpContext) => answered.Task;

    private async Task AnswerAsync(ScoringException failure)
    {
        try
        {
            // Nothing else can come over this connection as long as the run holds the request.
            context.Response.Headers.Connection = "close";
            await answer(failure).ExecuteAsync(context).ConfigureAwait(false);
            await context.Response.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            // The client left.
        }
        finally
        {
            answered.TrySetResult();
        }
    }
}
