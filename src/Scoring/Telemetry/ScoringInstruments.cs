using System.Diagnostics.Metrics;

namespace Scoring.Telemetry;

/// <summary>The instruments of the meter <c>Scoring</c>, for any listener of System.Diagnostics.Metrics.</summary>
internal sealed class ScoringInstruments : IDisposable
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = Array.FindAll([.. DurationBuckets.UpperBounds], bound => bound is >= 1e-5 and <= 100),
    };

    private static readonly InstrumentAdvice<double> Shares = new()
    {
        HistogramBucketBoundaries = Arrays.Make(ConfidenceSeries.BinCount, bin => (bin + 1.0) / ConfidenceSeries.BinCount),
    };

    public ScoringInstruments()
    {
        Requests = Counter(MetricNames.Requests, "{request}", "Scoring requests answered");
        RequestDuration = Duration(MetricNames.RequestDuration, "A scoring request from arrival to response");
        InferenceDuration = Duration(MetricNames.InferenceDuration, "One session run");
        Rows = Counter(MetricNames.Rows, "{row}", "Rows scored by session runs");
        ModelLoadDuration = Duration(MetricNames.ModelLoadDuration, "A step of loading a version");
        ColdStarts = Counter(MetricNames.ColdStarts, "{coldstart}", "Processes that have given their first answer");
        ColdStartDuration = Duration(MetricNames.ColdStartDuration, "The cold start, whole and by phase");
        ModelSwaps = Counter(MetricNames.ModelSwaps, "{swap}", "Live versions replaced");
        ModelRefused = Counter(MetricNames.ModelRefused, "{version}", "Versions refused");
        ModelUnavailable = Counter(MetricNames.ModelUnavailable, "{lease}", "Leases refused for lack of a loadable version");
        ModelProcessDeaths = Counter(MetricNames.ModelProcessDeaths, "{process}", "Processes of a version's own that died");
        RolloutBraked = Counter(MetricNames.RolloutBraked, "{version}", "Candidates braked");
        RolloutShadowed = Counter(MetricNames.RolloutShadowed, "{request}", "Requests that a candidate was to score as well");
        RequestsRejected = Counter(MetricNames.RequestsRejected, "{request}", "Requests turned away before scoring");
        CallerRequests = Counter(MetricNames.CallerRequests, "{request}", "Requests of a caller whose rows were taken up");
        CallerRows = Counter(MetricNames.CallerRows, "{row}", "Rows that a caller asked for");
        TelemetryLost = Counter(MetricNames.TelemetryLost, "{item}", "Items of telemetry that were lost");
        BatchJobs = Counter(MetricNames.BatchJobs, "{job}", "Jobs ended");
        BatchChunkDuration = Duration(MetricNames.BatchChunkDuration, "One chunk of a job");
        BatchRows = Counter(MetricNames.BatchRows, "{row}", "Rows scored by chunks");
        BatchQueueAge = Duration(MetricNames.BatchQueueAge, "A message from insertion to taking");
        BatchPoison = Counter(MetricNames.BatchPoison, "{message}", "Messages that have used up their tries");
        CacheHits = Counter(MetricNames.CacheHits, "{lookup}", "Look-ups answered by a cache");
        CacheMisses = Counter(MetricNames.CacheMisses, "{lookup}", "Look-ups that a cache could not answer");
        Outcomes = Meter.CreateHistogram(MetricNames.Outcomes, "1", "Top probability of a prediction whose outcome came in", null, Shares);
        Receipts = Counter(MetricNames.Receipts, "{receipt}", "Receipts given out with predictions");
        Captures = Counter(MetricNames.Captures, "{request}", "Requests that were chosen to be kept");
        Confidence = Meter.CreateHistogram(MetricNames.Confidence, "1", "Top probability of a prediction", null, Shares);
    }

    public Meter Meter { get; } = new(ScoringActivity.SourceName);

    public Counter<long> Requests { get; }

    public Histogram<double> RequestDuration { get; }

    public Histogram<double> InferenceDuration { get; }

    public Counter<long> Rows { get; }

    public Histogram<double> ModelLoadDuration { get; }

    public Counter<long> ColdStarts { get; }

    public Histogram<double> ColdStartDuration { get; }

    public Counter<long> ModelSwaps { get; }

    public Counter<long> ModelRefused { get; }

    public Counter<long> ModelUnavailable { get; }

    public Counter<long> ModelProcessDeaths { get; }

    public Counter<long> RolloutBraked { get; }

    public Counter<long> RolloutShadowed { get; }

    public Counter<long> RequestsRejected { get; }

    public Counter<long> CallerRequests { get; }

    public Counter<long> CallerRows { get; }

    public Counter<long> TelemetryLost { get; }

    public Counter<long> BatchJobs { get; }

    public Histogram<double> BatchChunkDuration { get; }

    public Counter<long> BatchRows { get; }

    public Histogram<double> BatchQueueAge { get; }

    public Counter<long> BatchPoison { get; }

    public Counter<long> CacheHits { get; }

    public Counter<long> CacheMisses { get; }

    public Histogram<double> Confidence { get; }

    public Histogram<double> Outcomes { get; }

    public Counter<long> Receipts { get; }

    public Counter<long> Captures { get; }

    public void Dispose() => Meter.Dispose();

    private Counter<long> Counter(string name, string unit, string description) => Meter.CreateCounter<long>(name, unit, description);

    private Histogram<double> Duration(string name, string description) => Meter.CreateHistogram(name, "s", description, null, Seconds);
}
