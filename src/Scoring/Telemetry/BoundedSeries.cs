using System.Collections.Concurrent;

namespace Scoring.Telemetry;

/// <summary>
/// The series of one metric by up to three dimension values, at most <paramref name="limit"/> of them: whatever comes later shares one
/// series whose values are all <see cref="MetricDimensions.Other"/>, so that no caller can grow the process or the bill. Thread safe; a known key allocates nothing.
/// </summary>
internal sealed class BoundedSeries<TSeries>(int limit, Func<string, string, string, TSeries> create)
    where TSeries : MetricSeries
{
    private readonly ConcurrentDictionary<(string, string, string), TSeries> known = new();
    private readonly Lock gate = new();
    private TSeries? other;

    public IEnumerable<TSeries> All => this.other is { } other ? known.Values.Append(other) : known.Values;

    public TSeries this[string first, string second = "", string third = ""] =>
        known.TryGetValue((first, second, third), out var series) ? series : Add((first, second, third));

    private TSeries Add((string First, string Second, string Third) key)
    {
        lock (gate)
        {
            if (known.TryGetValue(key, out var series))
            {
                return series;
            }

            if (known.Count >= limit)
            {
                return other ??= create(MetricDimensions.Other, MetricDimensions.Other, MetricDimensions.Other);
            }

            return known[key] = create(key.First, key.Second, key.Third);
        }
    }
}
