using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary>The predictions of a request, written and waiting to be sent; what was measured is recorded once they are. Pooled: it can be executed once.</summary>
internal sealed class ScoreAnswer : IResult
{
    private static readonly ConcurrentQueue<ScoreAnswer> Idle = new();
    private static readonly int MaxIdle = 4 * Environment.ProcessorCount;

    private ResponseBuffer? buffer;
    private ScoringMetrics? metrics;
    private string model = "";
    private string version = "";
    private TimeSpan slo;
    private long arrival;
    private int rows;
    private Activity? span;
    private IRequestWatch? watch;

    public static ScoreAnswer Rent(
        ResponseBuffer buffer, ScoringMetrics metrics, string model, string version, TimeSpan slo, long arrival, int rows, Activity? span, IRequestWatch? watch = null)
    {
        var answer = Idle.TryDequeue(out var idle) ? idle : new ScoreAnswer();
        answer.buffer = buffer;
        answer.metrics = metrics;
        answer.model = model;
        answer.version = version;
        answer.slo = slo;
        answer.arrival = arrival;
        answer.rows = rows;
        answer.span = span;
        answer.watch = watch;
        return answer;
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (var written = buffer!)
        {
            await JsonResult.SendAsync(httpContext.Response, StatusCodes.Status200OK, "application/json", written.Written).ConfigureAwait(false);
        }

        metrics!.RequestCompleted(model, version, ScoringMetrics.Ok, Stopwatch.GetElapsedTime(arrival), slo, rows, span, httpContext.Request.Headers.TraceParent, watch);
        buffer = null;
        span = null;
        watch = null;
        metrics = null;
        if (Idle.Count < MaxIdle)
        {
            Idle.Enqueue(this);
        }
    }
}
