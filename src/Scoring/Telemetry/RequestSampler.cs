using System.Diagnostics;

namespace Scoring.Telemetry;

/// <summary>
/// Chooses which requests are sent by themselves: of each series one per period, which stands for those since the one before. Of a series of failures or of
/// cold requests the first <see cref="Burst"/> are all sent. It only queues, so that it can run before any exporter exists. Thread safe.
/// </summary>
/// <param name="period">Between two requests of a series; those that are part of a recorded trace come besides.</param>
internal sealed class RequestSampler(TimeProvider time, TimeSpan period) : IRequestObserver
{
    /// <summary>Requests kept while nobody takes them; beyond it they are dropped and counted.</summary>
    public const int Capacity = 4096;

    /// <summary>Failures, or cold requests, that a series may send at once after a quiet while.</summary>
    public const int Burst = 20;

    private readonly long period = (long)(period.TotalSeconds * time.TimestampFrequency);

    public BoundedQueue<RequestRecord> Kept { get; } = new(Capacity);

    public void Observe(RequestSeries requests, TimeSpan duration, TimeSpan slo, int rows, Activity? span, string? traceparent)
    {
        var own = span ?? (Activity.Current is { Source.Name: ScoringActivity.SourceName } current ? current : null);
        var burst = requests.Cold || requests.Code != ScoringMetrics.Ok ? Burst : 0;
        if (!requests.Sampling.TryTake(time.GetTimestamp(), period, burst, SpanSampler.IsChosen(own), out var weight))
        {
            return;
        }

        var (trace, parent) = own is not null ? (own.TraceId, ScoringActivity.ParentOf(own))
            : ScoringActivity.PlaceOf(traceparent);
        Kept.Add(new RequestRecord(
            requests, time.GetUtcNow() - duration, duration, duration <= slo, rows, weight, trace, own?.SpanId ?? default, parent));
    }
}
