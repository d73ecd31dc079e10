using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Scoring.Telemetry;

public sealed partial class ScoringMetrics
{
    private const int MaxSeries = 64;
    private const int MaxCallerSeries = 256;
    private const int MaxSwaps = 100;

    private readonly ConcurrentDictionary<string, string> live = new();
    private readonly ConcurrentDictionary<(string Model, string Version), double> rolloutShares = new();
    private readonly ConcurrentQueue<ModelSwap> swapLog = new();
    private BoundedSeries<CounterSeries> coldStarts = null!;
    private BoundedSeries<DurationSeries> coldStartDurations = null!;
    private BoundedSeries<DurationSeries> loads = null!;
    private BoundedSeries<CounterSeries> swaps = null!;
    private BoundedSeries<CounterSeries> refused = null!;
    private BoundedSeries<CounterSeries> unavailable = null!;
    private BoundedSeries<CounterSeries> processDeaths = null!;
    private BoundedSeries<CounterSeries> braked = null!;
    private BoundedSeries<CounterSeries> shadowed = null!;
    private BoundedSeries<CounterSeries> captures = null!;
    private BoundedSeries<CounterSeries> rejected = null!;
    private BoundedSeries<CounterSeries> callerRequests = null!;
    private BoundedSeries<CounterSeries> callerRows = null!;
    private BoundedSeries<CounterSeries> telemetryLost = null!;
    private BoundedSeries<CounterSeries> jobs = null!;
    private BoundedSeries<DurationSeries> chunks = null!;
    private BoundedSeries<CounterSeries> batchRows = null!;
    private BoundedSeries<CounterSeries> hits = null!;
    private BoundedSeries<CounterSeries> misses = null!;
    private BoundedSeries<DurationSeries> queueAges = null!;
    private BoundedSeries<CounterSeries> poison = null!;
    private Func<int>? runsQueued;
    private Func<int>? runsStuck;

    /// <summary>Callers waiting for a session run now; 0 until <see cref="ObserveRunsQueued"/>.</summary>
    public int RunsQueued => runsQueued?.Invoke() ?? 0;

    /// <summary>Runs that go on though they were asked to end; 0 until <see cref="ObserveRunsStuck"/>.</summary>
    public int RunsStuck => runsStuck?.Invoke() ?? 0;

    /// <summary>The version that answers for each model.</summary>
    public IReadOnlyDictionary<string, string> LiveVersions => live;

    /// <summary>The last hundred times that a version began to answer, oldest first.</summary>
    public IReadOnlyCollection<ModelSwap> Swaps => [.. swapLog];

    /// <summary>Tells of each version that begins to answer, on the thread that made it.</summary>
    internal event Action<ModelSwap>? Swapped;

    /// <summary>Tells of what is done to rollouts, on the thread that saw it.</summary>
    internal event Action<RolloutMove>? RolloutMoved;

    /// <summary>Sees every answered request; set by an exporter of request telemetry.</summary>
    internal IRequestObserver? RequestObserver { get; set; }

    /// <summary>Every series that exists now, including those that have recorded nothing.</summary>
    internal IEnumerable<MetricSeries> AllSeries =>
        models.All.SelectMany(model => model.Series)
            .Concat(coldStarts.All).Concat(coldStartDurations.All)
            .Concat(loads.All).Concat(swaps.All).Concat(refused.All).Concat(unavailable.All).Concat(processDeaths.All).Concat(braked.All).Concat(shadowed.All).Concat(captures.All).Concat(rejected.All)
            .Concat(jobs.All).Concat(chunks.All).Concat(batchRows.All).Concat(queueAges.All).Concat(poison.All)
            .Concat(callerRequests.All).Concat(callerRows.All).Concat(hits.All).Concat(misses.All).Concat(telemetryLost.All);

    /// <summary>Every version with series of its own, and those that stand for the rest.</summary>
    internal IEnumerable<ModelSeries> AllModels => models.All;

    /// <summary>Requests of every version, code and temperature.</summary>
    internal IEnumerable<RequestSeries> AllRequests => models.All.SelectMany(model => model.Requests);

    /// <summary>Counts a step of loading a version; before the first answer it is part of the cold start too.</summary>
    public void LoadPhaseCompleted(string model, string version, LoadPhase phase, TimeSpan duration)
    {
        models.Admit(model, version);
        coldStart.Add(phase, duration);
        loads[model, version, ColdStartClock.Name(phase)].Record(duration);
    }

    /// <summary>Says which version of a model answers from now on. The first one of a process, whose <paramref name="fromVersion"/> is empty, is no swap.</summary>
    public void ModelSwapped(string model, string fromVersion, string toVersion)
    {
        models.Revive(model, toVersion);
        live[model] = toVersion;
        var swap = new ModelSwap(time.GetUtcNow(), model, fromVersion, toVersion);
        Swapped?.Invoke(swap);
        swapLog.Enqueue(swap);
        if (swapLog.Count > MaxSwaps)
        {
            swapLog.TryDequeue(out _);
        }

        if (!string.IsNullOrEmpty(fromVersion) && fromVersion != toVersion)
        {
            models.Retire(model, fromVersion);
            swaps[model, fromVersion, toVersion].Add(1);
        }
    }

    /// <summary>Counts a version that check, probe or load refused.</summary>
    /// <param name="reason">One of a few fixed words, never a message.</param>
    public void ModelRefused(string model, string version, string reason) => AddIncident(refused[model, version, reason]);

    /// <summary>Counts a lease refused because no version of a model that exists could be loaded.</summary>
    public void ModelUnavailable(string model)
    {
        models.Admit(model, MetricDimensions.Unknown);
        AddIncident(unavailable[model]);
    }

    /// <summary>Counts the death of a process that a version ran in.</summary>
    /// <param name="reason">One of a few fixed words.</param>
    public void ModelProcessDied(string model, string version, string reason) => AddIncident(processDeaths[model, version, reason]);

    /// <summary>The share, 0 to 1, of each candidate of a rollout.</summary>
    internal IReadOnlyDictionary<(string Model, string Version), double> RolloutShares => rolloutShares;

    /// <summary>Says what share, 0 to 1, a candidate of a rollout has.</summary>
    public void RolloutShare(string model, string version, double share) => rolloutShares[(model, version)] = share;

    /// <summary>Forgets the shares of a model's rollout, and the series of its candidates once room is needed.</summary>
    public void RolloutEnded(string model)
    {
        foreach (var key in rolloutShares.Keys.Where(key => key.Model == model))
        {
            rolloutShares.TryRemove(key, out _);
            if (live.GetValueOrDefault(model) != key.Version)
            {
                models.Retire(model, key.Version);
            }
        }
    }

    /// <summary>Says what was done to a rollout.</summary>
    public void RolloutWasMoved(RolloutMove move) => RolloutMoved?.Invoke(move);

    /// <summary>Counts a candidate that this process braked.</summary>
    /// <param name="reason">One of a few fixed words.</param>
    public void RolloutBraked(string model, string version, string reason)
    {
        rolloutShares[(model, version)] = 0;
        AddIncident(braked[model, version, reason]);
    }

    /// <summary>Counts a request that a candidate was to score as well.</summary>
    /// <param name="outcome">One of a few fixed words.</param>
    public void RolloutShadowed(string model, string version, string outcome) => shadowed[model, version, outcome].Add(1);

    /// <summary>Counts a request that was chosen to be kept.</summary>
    /// <param name="outcome">One of a few fixed words.</param>
    public void CaptureEnded(string model, string version, string outcome) => captures[model, version, outcome].Add(1);

    /// <summary>Counts a request turned away before scoring.</summary>
    /// <param name="reason">One of a few fixed words.</param>
    public void RequestRejected(string reason) => AddIncident(rejected[reason]);

    /// <summary>Counts a request or a job that a caller makes of a model.</summary>
    /// <param name="caller">What stands for it, and holds no secret.</param>
    public void CallerAsked(string caller, string model, long rows)
    {
        callerRequests[caller, model].Add(1);
        callerRows[caller, model].Add(rows);
    }

    /// <summary>Counts items of telemetry that were lost; none is no loss.</summary>
    /// <param name="reason">One of a few fixed words.</param>
    internal void TelemetryLost(string reason, long count)
    {
        if (count > 0)
        {
            telemetryLost[reason].Add(count);
        }
    }

    /// <summary>The counts of a cache that is asked too often to look them up each time.</summary>
    internal (CounterSeries Hits, CounterSeries Misses) Cache(string cache) => (hits[cache], misses[cache]);

    public void CacheHit(string cache) => hits[cache].Add(1);

    public void CacheMiss(string cache) => misses[cache].Add(1);

    /// <summary>Counts a job that has ended.</summary>
    /// <param name="state"><c>completed</c>, <c>failed</c>, <c>cancelled</c> or the like.</param>
    /// <param name="model">What the job names; a model that the process never loaded is <see cref="MetricDimensions.Unknown"/>.</param>
    public void JobCompleted(string state, string model) => AddIncident(jobs[state, models.NameOf(model)]);

    /// <summary>Counts a chunk. In a process that has answered no request yet it ends the cold start.</summary>
    /// <param name="duration">From the message's arrival in the app to now.</param>
    public void ChunkCompleted(string model, TimeSpan duration, int rows)
    {
        if (!warm)
        {
            IsCold("queue", duration);
        }

        chunks[model].Record(duration);
        batchRows[model].Add(rows);
    }

    /// <summary>Records how long the oldest message that waits in a queue has waited.</summary>
    public void QueueAge(string queue, TimeSpan age) => queueAges[queue].Record(age);

    /// <summary>Counts a message of a queue that has used up its tries.</summary>
    public void PoisonMessage(string queue) => AddIncident(poison[queue]);

    /// <summary>Says how to learn the number of callers waiting for a session run; asked once per collection.</summary>
    public void ObserveRunsQueued(Func<int> runsQueued) => this.runsQueued = runsQueued;

    /// <summary>Says how to learn the number of runs that do not end; asked once per collection.</summary>
    public void ObserveRunsStuck(Func<int> runsStuck) => this.runsStuck = runsStuck;

    private void AddIncident(CounterSeries series)
    {
        series.Add(1);
        firstIncident.TrySetResult();
    }

    private void CreateFamilies()
    {
        var on = instruments;
        coldStarts = Counters(on.ColdStarts, MetricDimensions.Trigger);
        coldStartDurations = Durations(on.ColdStartDuration, MetricDimensions.Trigger, MetricDimensions.Phase);
        loads = Durations(on.ModelLoadDuration, MetricDimensions.Model, MetricDimensions.Version, MetricDimensions.Phase);
        swaps = Counters(on.ModelSwaps, MetricDimensions.Model, MetricDimensions.FromVersion, MetricDimensions.Version);
        refused = Counters(on.ModelRefused, MetricDimensions.Model, MetricDimensions.Version, MetricDimensions.Reason);
        unavailable = Counters(on.ModelUnavailable, MetricDimensions.Model);
        processDeaths = Counters(on.ModelProcessDeaths, MetricDimensions.Model, MetricDimensions.Version, MetricDimensions.Reason);
        callerRequests = new(MaxCallerSeries, (caller, model, _) => new CounterSeries(on.CallerRequests, Tags([MetricDimensions.Caller, MetricDimensions.Model], caller, model)));
        callerRows = new(MaxCallerSeries, (caller, model, _) => new CounterSeries(on.CallerRows, Tags([MetricDimensions.Caller, MetricDimensions.Model], caller, model)));
        braked = Counters(on.RolloutBraked, MetricDimensions.Model, MetricDimensions.Version, MetricDimensions.Reason);
        shadowed = Counters(on.RolloutShadowed, MetricDimensions.Model, MetricDimensions.Version, MetricDimensions.Outcome);
        captures = Counters(on.Captures, MetricDimensions.Model, MetricDimensions.Version, MetricDimensions.Outcome);
        rejected = Counters(on.RequestsRejected, MetricDimensions.Reason);
        telemetryLost = Counters(on.TelemetryLost, MetricDimensions.Reason);
        jobs = Counters(on.BatchJobs, MetricDimensions.State, MetricDimensions.Model);
        chunks = Durations(on.BatchChunkDuration, MetricDimensions.Model);
        batchRows = Counters(on.BatchRows, MetricDimensions.Model);
        hits = Counters(on.CacheHits, MetricDimensions.Cache);
        misses = Counters(on.CacheMisses, MetricDimensions.Cache);
        queueAges = Durations(on.BatchQueueAge, MetricDimensions.Queue);
        poison = Counters(on.BatchPoison, MetricDimensions.Queue);
    }

    private static BoundedSeries<CounterSeries> Counters(Counter<long> instrument, params string[] dimensions) =>
        new(MaxSeries, (first, second, third) => new CounterSeries(instrument, Tags(dimensions, first, second, third)));

    private static BoundedSeries<DurationSeries> Durations(Histogram<double> instrument, params string[] dimensions) =>
        new(MaxSeries, (first, second, third) => new DurationSeries(instrument, Tags(dimensions, first, second, third)));

    private static KeyValuePair<string, object?>[] Tags(string[] dimensions, params string[] values) =>
        Arrays.Make(dimensions.Length, index => new KeyValuePair<string, object?>(dimensions[index], values[index]));

    private IEnumerable<Measurement<int>> ObserveLive() =>
        this.live.Select(live => new Measurement<int>(1, new(MetricDimensions.Model, live.Key), new(MetricDimensions.Version, live.Value)));

    private IEnumerable<Measurement<double>> ObserveShares() =>
        rolloutShares.Select(share => new Measurement<double>(share.Value, new(MetricDimensions.Model, share.Key.Model), new(MetricDimensions.Version, share.Key.Version)));

    private IEnumerable<Measurement<long>> ObserveFeatures()
    {
        foreach (var drift in models.Known.Select(series => series.Drift).OfType<DriftSeries>())
        {
            var (counts, first) = (drift.ToCounts(), 0);
            foreach (var feature in drift.Features)
            {
                for (var bin = 0; bin < feature.Bins.Count; bin++)
                {
                    if (counts[first + bin] > 0)
                    {
                        yield return new(counts[first + bin], Tagged(drift, feature, bin));
                    }
                }

                first += feature.Bins.Count;
            }
        }
    }

    private IEnumerable<Measurement<double>> ObserveBaselines() =>
        from drift in models.Known.Select(series => series.Drift).OfType<DriftSeries>()
        from feature in drift.Features
        from bin in Enumerable.Range(0, feature.Bins.Count)
        select new Measurement<double>(feature.Expected(bin), Tagged(drift, feature, bin));

    private static KeyValuePair<string, object?>[] Tagged(DriftSeries drift, BinnedFeature feature, int bin) =>
        [.. drift.Dimensions, new(MetricDimensions.Feature, feature.Name), new(MetricDimensions.Bin, feature.Bins[bin])];
}
