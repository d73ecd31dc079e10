using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Scoring.Telemetry;

public sealed partial class ScoringMetrics
{
    private const int MaxSeries = 64;
    private const int MaxSwaps = 100;

    private readonly ConcurrentDictionary<string, string> _live = new();
    private readonly ConcurrentQueue<ModelSwap> _swapLog = new();
    private BoundedSeries<CounterSeries> _coldStarts = null!;
    private BoundedSeries<DurationSeries> _coldStartDurations = null!;
    private BoundedSeries<DurationSeries> _loads = null!;
    private BoundedSeries<CounterSeries> _swaps = null!;
    private BoundedSeries<CounterSeries> _refused = null!;
    private BoundedSeries<CounterSeries> _unavailable = null!;
    private BoundedSeries<CounterSeries> _rejected = null!;
    private BoundedSeries<CounterSeries> _jobs = null!;
    private BoundedSeries<DurationSeries> _chunks = null!;
    private BoundedSeries<CounterSeries> _batchRows = null!;
    private BoundedSeries<CounterSeries> _hits = null!;
    private BoundedSeries<CounterSeries> _misses = null!;
    private DurationSeries _queueAge = null!;
    private CounterSeries _poison = null!;
    private Func<int>? _runsQueued;

    /// <summary>Callers waiting for a session run now; 0 until <see cref="ObserveRunsQueued"/>.</summary>
    public int RunsQueued => _runsQueued?.Invoke() ?? 0;

    /// <summary>The version that answers for each model.</summary>
    public IReadOnlyDictionary<string, string> LiveVersions => _live;

    /// <summary>The last hundred times that a version began to answer, oldest first.</summary>
    public IReadOnlyCollection<ModelSwap> Swaps => [.. _swapLog];

    /// <summary>Sees every answered request; set by an exporter of request telemetry.</summary>
    internal IRequestObserver? RequestObserver { get; set; }

    /// <summary>Every series that exists now, including those that have recorded nothing.</summary>
    internal IEnumerable<MetricSeries> AllSeries =>
        _models.All.SelectMany(model => model.Series)
            .Concat(_coldStarts.All).Concat(_coldStartDurations.All)
            .Concat(_loads.All).Concat(_swaps.All).Concat(_refused.All).Concat(_unavailable.All).Concat(_rejected.All)
            .Concat(_jobs.All).Concat(_chunks.All).Concat(_batchRows.All).Append(_queueAge).Append(_poison)
            .Concat(_hits.All).Concat(_misses.All);

    /// <summary>Every version with series of its own, and those that stand for the rest.</summary>
    internal IEnumerable<ModelSeries> AllModels => _models.All;

    /// <summary>Requests of every version, code and temperature.</summary>
    internal IEnumerable<RequestSeries> AllRequests => _models.All.SelectMany(model => model.Requests);

    /// <summary>Counts a step of loading a version; before the first answer it is part of the cold start too.</summary>
    public void LoadPhaseCompleted(string model, string version, LoadPhase phase, TimeSpan duration)
    {
        _models.Admit(model, version);
        _coldStart.Add(phase, duration);
        _loads[model, version, ColdStartClock.Name(phase)].Record(duration);
    }

    /// <summary>Says which version of a model answers from now on. The first one of a process, whose <paramref name="fromVersion"/> is empty, is no swap.</summary>
    public void ModelSwapped(string model, string fromVersion, string toVersion)
    {
        _models.Revive(model, toVersion);
        _live[model] = toVersion;
        _swapLog.Enqueue(new ModelSwap(_time.GetUtcNow(), model, fromVersion, toVersion));
        if (_swapLog.Count > MaxSwaps)
        {
            _swapLog.TryDequeue(out _);
        }

        if (!string.IsNullOrEmpty(fromVersion) && fromVersion != toVersion)
        {
            _models.Retire(model, fromVersion);
            _swaps[model, fromVersion, toVersion].Add(1);
        }
    }

    /// <summary>Counts a version that check, probe or load refused.</summary>
    /// <param name="reason">One of a few fixed words, never a message.</param>
    public void ModelRefused(string model, string version, string reason) => AddIncident(_refused[model, version, reason]);

    /// <summary>Counts a lease refused because no version of a model that exists could be loaded.</summary>
    public void ModelUnavailable(string model)
    {
        _models.Admit(model, MetricDimensions.Unknown);
        AddIncident(_unavailable[model]);
    }

    /// <summary>Counts a request turned away before scoring.</summary>
    /// <param name="reason">One of a few fixed words.</param>
    public void RequestRejected(string reason) => AddIncident(_rejected[reason]);

    /// <summary>The counts of a cache that is asked too often to look them up each time.</summary>
    internal (CounterSeries Hits, CounterSeries Misses) Cache(string cache) => (_hits[cache], _misses[cache]);

    public void CacheHit(string cache) => _hits[cache].Add(1);

    public void CacheMiss(string cache) => _misses[cache].Add(1);

    /// <summary>Counts a job that has ended.</summary>
    /// <param name="state"><c>completed</c>, <c>failed</c>, <c>cancelled</c> or the like.</param>
    public void JobCompleted(string state) => AddIncident(_jobs[state]);

    /// <summary>Counts a chunk. In a process that has answered no request yet it ends the cold start.</summary>
    /// <param name="duration">From the message's arrival in the app to now.</param>
    public void ChunkCompleted(string model, TimeSpan duration, int rows)
    {
        if (!_warm)
        {
            IsCold("queue", duration);
        }

        _chunks[model].Record(duration);
        _batchRows[model].Add(rows);
    }

    /// <summary>Records how long a message lay in the queue.</summary>
    public void QueueAge(TimeSpan age) => _queueAge.Record(age);

    /// <summary>Counts a message that has used up its tries.</summary>
    public void PoisonMessage() => AddIncident(_poison);

    /// <summary>Says how to learn the number of callers waiting for a session run; asked once per collection.</summary>
    public void ObserveRunsQueued(Func<int> runsQueued) => _runsQueued = runsQueued;

    private void AddIncident(CounterSeries series)
    {
        series.Add(1);
        _firstIncident.TrySetResult();
    }

    private void CreateFamilies()
    {
        var on = _instruments;
        _coldStarts = Counters(on.ColdStarts, MetricDimensions.Trigger);
        _coldStartDurations = Durations(on.ColdStartDuration, MetricDimensions.Trigger, MetricDimensions.Phase);
        _loads = Durations(on.ModelLoadDuration, MetricDimensions.Model, MetricDimensions.Version, MetricDimensions.Phase);
        _swaps = Counters(on.ModelSwaps, MetricDimensions.Model, MetricDimensions.FromVersion, MetricDimensions.Version);
        _refused = Counters(on.ModelRefused, MetricDimensions.Model, MetricDimensions.Version, MetricDimensions.Reason);
        _unavailable = Counters(on.ModelUnavailable, MetricDimensions.Model);
        _rejected = Counters(on.RequestsRejected, MetricDimensions.Reason);
        _jobs = Counters(on.BatchJobs, MetricDimensions.State);
        _chunks = Durations(on.BatchChunkDuration, MetricDimensions.Model);
        _batchRows = Counters(on.BatchRows, MetricDimensions.Model);
        _hits = Counters(on.CacheHits, MetricDimensions.Cache);
        _misses = Counters(on.CacheMisses, MetricDimensions.Cache);
        _queueAge = new DurationSeries(on.BatchQueueAge);
        _poison = new CounterSeries(on.BatchPoison);
    }

    private static BoundedSeries<CounterSeries> Counters(Counter<long> instrument, params string[] dimensions) =>
        new(MaxSeries, (first, second, third) => new CounterSeries(instrument, Tags(dimensions, first, second, third)));

    private static BoundedSeries<DurationSeries> Durations(Histogram<double> instrument, params string[] dimensions) =>
        new(MaxSeries, (first, second, third) => new DurationSeries(instrument, Tags(dimensions, first, second, third)));

    private static KeyValuePair<string, object?>[] Tags(string[] dimensions, params string[] values) =>
        [.. dimensions.Zip(values, (name, value) => new KeyValuePair<string, object?>(name, value))];

    private IEnumerable<Measurement<int>> ObserveLive() =>
        _live.Select(live => new Measurement<int>(1, new(MetricDimensions.Model, live.Key), new(MetricDimensions.Version, live.Value)));
}
