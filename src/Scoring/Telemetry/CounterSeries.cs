using System.Diagnostics.Metrics;

namespace Scoring.Telemetry;

/// <summary>A count since the process started.</summary>
public sealed class CounterSeries : MetricSeries
{
    private readonly Counter<long> _instrument;
    private long _total;

    internal CounterSeries(Counter<long> instrument, params KeyValuePair<string, object?>[] tags)
        : base(instrument.Name, tags) => _instrument = instrument;

    public long Total => Volatile.Read(ref _total);

    internal void Add(long count)
    {
        Interlocked.Add(ref _total, count);
        if (_instrument.Enabled)
        {
            _instrument.Add(count, Tags);
        }
    }
}
