using System.Collections.Concurrent;

namespace Scoring.Telemetry;

/// <summary>
/// The series of one metric by up to three dimension values, at most <paramref name="limit"/> of them: whatever comes later shares one
/// series whose values are all <see cref="MetricDimensions.Other"/>, so that no caller can grow the process or the bill. Thread safe; a known key allocates nothing.
/// </summary>
internal sealed class BoundedSeries<TSeries>(int limit, Func<string, string, string, TSeries> create)
    where TSeries : MetricSeries
{
    private readonly ConcurrentDictionary<(string, string, string), TSeries> _series = new();
    private readonly Lock _lock = new();
    private TSeries? _other;

    public IEnumerable<TSeries> All => _other is { } other ? _series.Values.Append(other) : _series.Values;

    public TSeries this[string first, string second = "", string third = ""] =>
        _series.TryGetValue((first, second, third), out var series) ? series : Add((first, second, third));

    private TSeries Add((string First, string Second, string Third) key)
    {
        lock (_lock)
        {
            if (_series.TryGetValue(key, out var series))
            {
                return series;
            }

            if (_series.Count >= limit)
            {
                return _other ??= create(MetricDimensions.Other, MetricDimensions.Other, MetricDimensions.Other);
            }

            return _series[key] = create(key.First, key.Second, key.Third);
        }
    }
}
