using System.Collections.Concurrent;
using System.Diagnostics;

namespace Scoring.Telemetry;

/// <summary>
/// Chooses which requests are sent by themselves: every failure and every cold request; of the others one per period and series,
/// which stands for those since the one before. It only queues, so that it can run before any exporter exists. Thread safe.
/// </summary>
/// <param name="period">Between two successful warm requests of a series; those that are part of a recorded trace come besides.</param>
internal sealed class RequestSampler(TimeProvider time, TimeSpan period) : IRequestObserver
{
    /// <summary>Requests kept while nobody takes them; beyond it they are dropped.</summary>
    public const int Capacity = 16_384;

    private readonly ConcurrentQueue<RequestRecord> queue = new();
    private readonly long period = (long)(period.TotalSeconds * time.TimestampFrequency);
    private int queued;

    public void Observe(RequestSeries requests, TimeSpan duration, TimeSpan slo, int rows, Activity? span)
    {
        var around = Activity.Current;
        var own = span ?? (around is { Source.Name: ScoringActivity.SourceName } ? around : null);
        var always = requests.Cold || requests.Code != ScoringMetrics.Ok;
        long weight = 1;
        if (!always && !requests.Sampling.TryTake(time.GetTimestamp(), period, own is { Recorded: true }, out weight))
        {
            return;
        }

        if (Interlocked.Increment(ref queued) > Capacity)
        {
            Interlocked.Decrement(ref queued);
            return;
        }

        queue.Enqueue(new RequestRecord(
            requests, time.GetUtcNow() - duration, duration, duration <= slo, rows, weight,
            (own ?? around)?.TraceId ?? default, own?.SpanId ?? default, own?.ParentSpanId ?? around?.SpanId ?? default));
    }

    public bool TryTake(out RequestRecord record)
    {
        if (!queue.TryDequeue(out record))
        {
            return false;
        }

        Interlocked.Decrement(ref queued);
        return true;
    }
}
