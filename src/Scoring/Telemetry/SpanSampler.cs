using System.Collections.Concurrent;
using System.Diagnostics;

namespace Scoring.Telemetry;

/// <summary>
/// Listens to the app's spans and keeps a few traces per second: a request or a message is recorded when its turn has come, what happens
/// inside it then is too. A message's failure is kept always. It only queues. Thread safe.
/// </summary>
internal sealed class SpanSampler : IDisposable
{
    /// <summary>Spans kept while nobody takes them; beyond it they are dropped.</summary>
    public const int Capacity = 16_384;

    private const string WeightTag = "scoring.weight";

    private readonly ConcurrentQueue<Activity> queue = new();
    private readonly ActivityListener listener;
    private readonly TimeProvider time;
    private readonly long period;
    private SamplingState requests;
    private SamplingState messages;
    private int queued;

    /// <param name="period">Between two recorded traces.</param>
    public SpanSampler(TimeProvider time, TimeSpan period)
    {
        this.time = time;
        this.period = (long)(period.TotalSeconds * time.TimestampFrequency);
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ScoringActivity.SourceName,
            Sample = Sample,
            ActivityStopped = Keep,
        };
        ActivitySource.AddActivityListener(listener);
    }

    public bool TryTake(out Activity span, out long weight)
    {
        weight = 1;
        if (!queue.TryDequeue(out span!))
        {
            return false;
        }

        Interlocked.Decrement(ref queued);
        weight = span.GetTagItem(WeightTag) as long? ?? 1;
        return true;
    }

    public void Dispose() => listener.Dispose();

    private ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options)
    {
        switch (options.Kind)
        {
            case ActivityKind.Server:
                return requests.TryTake(time.GetTimestamp(), period, keep: false, out _)
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None;
            case ActivityKind.Consumer when messages.TryTake(time.GetTimestamp(), period, keep: false, out var weight):
                options.SamplingTags.Add(WeightTag, weight);
                return ActivitySamplingResult.AllDataAndRecorded;
            case ActivityKind.Consumer:
                return ActivitySamplingResult.AllData;
            default:
                // Only inside a recorded span of the app: a caller's sampled flag alone must not buy a span per request.
                return Activity.Current is { Source.Name: ScoringActivity.SourceName, Recorded: true }
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None;
        }
    }

    private void Keep(Activity span)
    {
        // A request's own span travels as the request itself.
        if (span.Kind == ActivityKind.Server || (!span.Recorded && span.Status != ActivityStatusCode.Error))
        {
            return;
        }

        if (!span.Recorded)
        {
            // A failure that was passed over stands for itself, so no other stands for it.
            messages.Forget();
        }

        if (Interlocked.Increment(ref queued) > Capacity)
        {
            Interlocked.Decrement(ref queued);
            return;
        }

        queue.Enqueue(span);
    }
}
