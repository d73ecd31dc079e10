using System.Collections.Concurrent;

namespace Scoring.Telemetry;

/// <summary>
/// The series of models and versions. Only what the process has served or tried to load gets its own, at most <paramref name="limit"/> of them;
/// names that only a caller made up are <see cref="MetricDimensions.Unknown"/>. Thread safe.
/// </summary>
internal sealed class ModelSeriesTable(ScoringInstruments instruments, int limit)
{
    private readonly ConcurrentDictionary<(string Model, string Version), ModelSeries> known = new();
    private readonly Queue<ModelSeries> retired = new();
    private readonly Lock gate = new();
    private readonly ModelSeries unknown = new(instruments, MetricDimensions.Unknown, MetricDimensions.Unknown);
    private readonly ModelSeries other = new(instruments, MetricDimensions.Other, MetricDimensions.Other);
    private volatile ModelSeries? last;

    /// <summary>Those of versions that the process has served or tried to load.</summary>
    public IEnumerable<ModelSeries> Known => known.Values;

    public IEnumerable<ModelSeries> All => known.Values.Append(unknown).Append(other);

    /// <summary>The series of a version that the process has served, creating it within the limit.</summary>
    public ModelSeries Admit(string model, string version)
    {
        if (this.last is { } last && last.Is(model, version))
        {
            return last;
        }

        return this.last = known.TryGetValue((model, version), out var series) ? series : Add(model, version);
    }

    /// <summary>The series of a version that may be no more than a caller's invention; creates nothing.</summary>
    public ModelSeries Find(string model, string version)
    {
        if (this.last is { } last && last.Is(model, version))
        {
            return last;
        }

        return known.TryGetValue((model, version), out var series)
            || known.TryGetValue((model, MetricDimensions.Unknown), out series)
            ? series
            : unknown;
    }

    /// <summary>A model's name if the process has served or tried to load it, else <see cref="MetricDimensions.Unknown"/>.</summary>
    public string NameOf(string model) => known.Keys.Any(key => key.Model == model) ? model : MetricDimensions.Unknown;

    /// <summary>Keeps a version's series from now on, also if it was retired before.</summary>
    public void Revive(string model, string version)
    {
        lock (gate)
        {
            Admit(model, version).Retired = false;
        }
    }

    /// <summary>Lets a version's series go once room is needed.</summary>
    public void Retire(string model, string version)
    {
        lock (gate)
        {
            if (known.TryGetValue((model, version), out var series) && !series.Retired)
            {
                series.Retired = true;
                retired.Enqueue(series);
            }
        }
    }

    private ModelSeries Add(string model, string version)
    {
        lock (gate)
        {
            if (known.TryGetValue((model, version), out var series))
            {
                return series;
            }

            while (known.Count >= limit && retired.TryDequeue(out var oldest))
            {
                if (oldest.Retired)
                {
                    known.TryRemove((oldest.Model, oldest.Version), out _);
                }
            }

            if (known.Count >= limit)
            {
                return other;
            }

            return known[(model, version)] = new ModelSeries(instruments, model, version);
        }
    }
}
