using System.Diagnostics.Metrics;

namespace Scoring.Telemetry;

/// <summary>Durations since the process started, in <see cref="DurationBuckets"/>.</summary>
public sealed class DurationSeries : MetricSeries
{
    private readonly Histogram<double> _instrument;
    private readonly long[] _slices = new long[DurationBuckets.SliceCount];
    private long _sumTicks;
    private long _minTicks = long.MaxValue;
    private long _maxTicks = -1;

    internal DurationSeries(Histogram<double> instrument, params KeyValuePair<string, object?>[] tags)
        : base(instrument.Name, tags) => _instrument = instrument;

    internal void Record(TimeSpan duration)
    {
        var ticks = Math.Max(duration.Ticks, 0);
        Lower(ref _minTicks, ticks);
        Raise(ref _maxTicks, ticks);
        Interlocked.Add(ref _sumTicks, ticks);
        Interlocked.Increment(ref _slices[DurationBuckets.SliceOf(ticks)]);
        if (_instrument.Enabled)
        {
            _instrument.Record(duration.TotalSeconds, Tags);
        }
    }

    /// <summary>Adds what was recorded so far to <paramref name="distribution"/>.</summary>
    internal void AddTo(DurationDistribution distribution) => distribution.Add(_slices, Volatile.Read(ref _sumTicks));

    /// <summary>Shortest and longest duration since the last call, null without any. One caller per process: the exporter.</summary>
    internal (TimeSpan Min, TimeSpan Max)? TakeExtremes()
    {
        var min = Interlocked.Exchange(ref _minTicks, long.MaxValue);
        var max = Interlocked.Exchange(ref _maxTicks, -1);
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
