using System.Diagnostics.Metrics;

namespace Scoring.Telemetry;

/// <summary>
/// Durations since the process started, in <see cref="DurationBuckets"/>. A series of requests has one edge more, at the SLO of their model: whoever reads the buckets
/// can tell exactly how many requests kept it.
/// </summary>
public sealed class DurationSeries : MetricSeries
{
    private readonly Histogram<double> instrument;
    private readonly long[] slices = new long[DurationBuckets.SliceCount];
    private long sumTicks;
    private long minTicks = long.MaxValue;
    private long maxTicks = -1;
    private long edgeTicks;
    private long upToEdge;

    internal DurationSeries(Histogram<double> instrument, params KeyValuePair<string, object?>[] tags)
        : base(instrument.Name, tags) => this.instrument = instrument;

    /// <summary>The edge within a bucket; null without one, as where the SLO is a bucket's bound anyway.</summary>
    internal TimeSpan? Edge => Volatile.Read(ref edgeTicks) is > 0 and var edge ? TimeSpan.FromTicks(edge) : null;

    /// <summary>Durations that lie in the bucket of <see cref="Edge"/> and do not exceed it.</summary>
    internal long UpToEdge => Volatile.Read(ref upToEdge);

    internal void Record(TimeSpan duration) => Count(Math.Max(duration.Ticks, 0));

    /// <param name="slo">The edge, from the first call on that names one within a bucket: the SLO of a version never changes.</param>
    internal void Record(TimeSpan duration, TimeSpan slo)
    {
        var edge = Volatile.Read(ref edgeTicks);
        if (edge == 0 && DurationBuckets.IsWithinBucket(slo.Ticks))
        {
            Interlocked.CompareExchange(ref edgeTicks, slo.Ticks, 0);
            edge = Volatile.Read(ref edgeTicks);
        }

        var ticks = Math.Max(duration.Ticks, 0);
        Count(ticks);
        if (ticks <= edge && DurationBuckets.BucketOf(ticks) == DurationBuckets.BucketOf(edge))
        {
            Interlocked.Increment(ref upToEdge);
        }
    }

    /// <summary>Adds what was recorded so far to <paramref name="distribution"/>.</summary>
    internal void AddTo(DurationDistribution distribution) => distribution.Add(slices, Volatile.Read(ref sumTicks));

    /// <summary>Shortest and longest duration since the last call, null without any. One caller per process: the exporter.</summary>
    internal (TimeSpan Min, TimeSpan Max)? TakeExtremes()
    {
        var min = Interlocked.Exchange(ref minTicks, long.MaxValue);
        var max = Interlocked.Exchange(ref maxTicks, -1);
        return min > max ? null : (TimeSpan.FromTicks(min), TimeSpan.FromTicks(max));
    }

    private void Count(long ticks)
    {
        Lower(ref minTicks, ticks);
        Raise(ref maxTicks, ticks);
        Interlocked.Add(ref sumTicks, ticks);
        Interlocked.Increment(ref slices[DurationBuckets.SliceOf(ticks)]);
        if (instrument.Enabled)
        {
            instrument.Record(TimeSpan.FromTicks(ticks).TotalSeconds, Tags);
        }
    }

    private static void Lower(ref long target, long value)
    {
        for (var seen = Volatile.Read(ref target); value < seen;)
        {
            var found = Interlocked.CompareExchange(ref target, value, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }

    private static void Raise(ref long target, long value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var found = Interlocked.CompareExchange(ref target, value, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }
}
