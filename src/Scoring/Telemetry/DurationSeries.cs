using System.Diagnostics.Metrics;

namespace Scoring.Telemetry;

/// <summary>Durations since the process started, in <see cref="DurationBuckets"/>.</summary>
public sealed class DurationSeries : MetricSeries
{
    private readonly Histogram<double> instrument;
    private readonly long[] slices = new long[DurationBuckets.SliceCount];
    private long sumTicks;
    private long minTicks = long.MaxValue;
    private long maxTicks = -1;

    internal DurationSeries(Histogram<double> instrument, params KeyValuePair<string, object?>[] tags)
        : base(instrument.Name, tags) => this.instrument = instrument;

    internal void Record(TimeSpan duration)
    {
        var ticks = Math.Max(duration.Ticks, 0);
        Lower(ref minTicks, ticks);
        Raise(ref maxTicks, ticks);
        Interlocked.Add(ref sumTicks, ticks);
        Interlocked.Increment(ref slices[DurationBuckets.SliceOf(ticks)]);
        if (instrument.Enabled)
        {
            instrument.Record(duration.TotalSeconds, Tags);
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
