using System.Diagnostics.Metrics;

namespace Scoring.Telemetry;

/// <summary>A count since the process started.</summary>
public sealed class CounterSeries : MetricSeries
{
    private readonly Counter<long> instrument;
    private long total;

    internal CounterSeries(Counter<long> instrument, params KeyValuePair<string, object?>[] tags)
        : base(instrument.Name, tags) => this.instrument = instrument;

    public long Total => Volatile.Read(ref total);

    internal void Add(long count)
    {
        Interlocked.Add(ref total, count);
        if (instrument.Enabled)
        {
            instrument.Add(count, Tags);
        }
    }
}
