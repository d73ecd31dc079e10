using System.Diagnostics;

namespace Scoring.Telemetry;

/// <summary>
/// Listens to the app's spans and keeps a few traces per second: a request or a message is recorded when its turn has come, what happens
/// inside it then is too, and stands for as many. A message's failure is kept always. It only queues. Thread safe.
/// </summary>
internal sealed class SpanSampler : IDisposable
{
    /// <summary>Spans kept while nobody takes them; beyond it they are dropped and counted.</summary>
    public const int Capacity = 4096;

    private const string WeightTag = "scoring.weight";

    private readonly ActivityListener listener;
    private readonly TimeProvider time;
    private readonly long period;
    private SamplingState requests;
    private SamplingState messages;

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
        ScoringActivity.Sampler = this;
    }

    public BoundedQueue<Activity> Kept { get; } = new(Capacity);

    /// <summary>Spans that a kept one stands for, itself included: what its trace's first span stands for.</summary>
    public static long WeightOf(Activity span) => FindWeight(span) ?? 1;

    /// <summary>Whether this sampler chose the span's trace. Another listener, such as OpenTelemetry's, may record traces that it did not.</summary>
    public static bool IsChosen(Activity? span) => FindWeight(span) is not null;

    /// <summary>Whether it is not a request's turn, known without looking where the request came from, which would allocate.</summary>
    public bool TrySkipRequest() => requests.TrySkip(time.GetTimestamp());

    public void Dispose()
    {
        listener.Dispose();
        if (ScoringActivity.Sampler == this)
        {
            ScoringActivity.Sampler = null;
        }
    }

    private ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options)
    {
        switch (options.Kind)
        {
            case ActivityKind.Server:
                return TakeTurn(ref requests, ref options) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None;
            case ActivityKind.Consumer:
                return TakeTurn(ref messages, ref options) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.AllData;
            default:
                // Only inside a chosen span of the app: a caller's sampled flag alone must not buy a span per request.
                return IsChosen(Activity.Current)
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None;
        }
    }

    private bool TakeTurn(ref SamplingState turns, ref ActivityCreationOptions<ActivityContext> options)
    {
        if (!turns.TryTake(time.GetTimestamp(), period, burst: 0, keep: false, out var weight))
        {
            return false;
        }

        options.SamplingTags.Add(WeightTag, weight);
        return true;
    }

    private void Keep(Activity span)
    {
        if (span.Kind != ActivityKind.Server && IsChosen(span))
        {
            Kept.Add(span);
        }
        else if (span is { Kind: ActivityKind.Consumer, Status: ActivityStatusCode.Error })
        {
            // A failure that was passed over stands for itself, so no other stands for it.
            messages.Forget();
            Kept.Add(span);
        }

        // A request's own span travels as the request itself.
    }

    private static long? FindWeight(Activity? span)
    {
        for (var around = span; around is not null; around = around.Parent)
        {
            if (around.GetTagItem(WeightTag) is long weight)
            {
                return weight;
            }
        }

        return null;
    }
}
