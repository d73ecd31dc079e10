using System.Collections.Concurrent;

namespace Scoring.Telemetry;

/// <summary>
/// The series of models and versions. Only what the process has served or tried to load gets its own, at most <paramref name="limit"/> of them;
/// names that only a caller made up are <see cref="MetricDimensions.Unknown"/>. Thread safe.
/// </summary>
internal sealed class ModelSeriesTable(ScoringInstruments instruments, int limit)
{
    private readonly ConcurrentDictionary<(string Model, string Version), ModelSeries> _series = new();
    private readonly Queue<ModelSeries> _retired = new();
    private readonly Lock _lock = new();
    private readonly ModelSeries _unknown = new(instruments, MetricDimensions.Unknown, MetricDimensions.Unknown);
    private readonly ModelSeries _other = new(instruments, MetricDimensions.Other, MetricDimensions.Other);
    private volatile ModelSeries? _last;

    public IEnumerable<ModelSeries> All => _series.Values.Append(_unknown).Append(_other);

    /// <summary>The series of a version that the process has served, creating it within the limit.</summary>
    public ModelSeries Admit(string model, string version)
    {
        if (_last is { } last && last.Is(model, version))
        {
            return last;
        }

        return _last = _series.TryGetValue((model, version), out var series) ? series : Add(model, version);
    }

    /// <summary>The series of a version that may be no more than a caller's invention; creates nothing.</summary>
    public ModelSeries Find(string model, string version)
    {
        if (_last is { } last && last.Is(model, version))
        {
            return last;
        }

        return _series.TryGetValue((model, version), out var series)
            || _series.TryGetValue((model, MetricDimensions.Unknown), out series)
            ? series
            : _unknown;
    }

    /// <summary>Keeps a version's series from now on, also if it was retired before.</summary>
    public void Revive(string model, string version)
    {
        lock (_lock)
        {
            Admit(model, version).Retired = false;
        }
    }

    /// <summary>Lets a version's series go once room is needed.</summary>
    public void Retire(string model, string version)
    {
        lock (_lock)
        {
            if (_series.TryGetValue((model, version), out var series) && !series.Retired)
            {
                series.Retired = true;
                _retired.Enqueue(series);
            }
        }
    }

    private ModelSeries Add(string model, string version)
    {
        lock (_lock)
        {
            if (_series.TryGetValue((model, version), out var series))
            {
                return series;
            }

            while (_series.Count >= limit && _retired.TryDequeue(out var oldest))
            {
                if (oldest.Retired)
                {
                    _series.TryRemove((oldest.Model, oldest.Version), out _);
                }
            }

            if (_series.Count >= limit)
            {
                return _other;
            }

            return _series[(model, version)] = new ModelSeries(instruments, model, version);
        }
    }
}
