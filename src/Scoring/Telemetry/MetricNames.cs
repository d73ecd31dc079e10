namespace Scoring.Telemetry;

/// <summary>
/// Every metric that the app emits, under the same name to any listener of the meter, to Application Insights and in
/// <c>GET /api/metrics</c>. Alert queries are held against these constants, so renaming one fails the build's tests.
/// Durations are in seconds.
/// </summary>
public static class MetricNames
{
    /// <summary>Counter of scoring requests: model, version, code, slo_met, cold.</summary>
    public const string Requests = "scoring.requests";

    /// <summary>Histogram, s, of a request from arrival to response: model, version, code, cold.</summary>
    public const string RequestDuration = "scoring.request.duration";

    /// <summary>Counter of requests by duration: the dimensions of <see cref="RequestDuration"/> and le. See <see cref="BucketSuffix"/>.</summary>
    public const string RequestDurationBucket = RequestDuration + BucketSuffix;

    /// <summary>Histogram, s, of one session run: model, version.</summary>
    public const string InferenceDuration = "scoring.inference.duration";

    /// <summary>Counter of session runs by duration: model, version, le.</summary>
    public const string InferenceDurationBucket = InferenceDuration + BucketSuffix;

    /// <summary>Counter of rows that session runs have scored: model, version.</summary>
    public const string Rows = "scoring.rows";

    /// <summary>Histogram, s, of the steps of loading a version: model, version, phase.</summary>
    public const string ModelLoadDuration = "scoring.model.load.duration";

    /// <summary>Counter of load steps by duration: model, version, phase, le.</summary>
    public const string ModelLoadDurationBucket = ModelLoadDuration + BucketSuffix;

    /// <summary>Counter of cold starts, one per process that has answered: trigger.</summary>
    public const string ColdStarts = "faas.coldstarts";

    /// <summary>
    /// Histogram, s, of the process's cold start: trigger, phase. Recorded once per process with phase <c>total</c>, and once for
    /// each part of it under the part's own phase; filter on phase before counting.
    /// </summary>
    public const string ColdStartDuration = "scoring.cold_start.duration";

    /// <summary>Counter of cold starts by duration: trigger, phase, le.</summary>
    public const string ColdStartDurationBucket = ColdStartDuration + BucketSuffix;

    /// <summary>Counter of live versions replaced: model, from_version, version.</summary>
    public const string ModelSwaps = "scoring.model.swaps";

    /// <summary>Counter of versions refused by check or probe: model, version, reason.</summary>
    public const string ModelRefused = "scoring.model.refused";

    /// <summary>Counter of leases refused because no version of the model could be loaded: model.</summary>
    public const string ModelUnavailable = "scoring.model.unavailable";

    /// <summary>Counter of processes of a version's own that died: model, version, reason (<c>crash</c>, or <c>unending</c> for a run that could not be ended).</summary>
    public const string ModelProcessDeaths = "scoring.model.process.deaths";

    /// <summary>Gauge, 1 for each version that answers now: model, version.</summary>
    public const string ModelLive = "scoring.model.live";

    /// <summary>Gauge, 0 to 1, of the requests without a version that a candidate of a rollout has now: model, version.</summary>
    public const string RolloutShare = "scoring.rollout.share";

    /// <summary>Counter of candidates that this process braked: model, version, reason (<c>errors</c>, <c>misses</c>, <c>latency</c>, <c>disagreement</c>, <c>calibration</c>, <c>logLoss</c>, <c>absoluteError</c>).</summary>
    public const string RolloutBraked = "scoring.rollout.braked";

    /// <summary>Counter of requests that a candidate scored as well, after their answer: model, version, outcome (<c>agreed</c>, <c>differed</c>, <c>failed</c>, <c>dropped</c>).</summary>
    public const string RolloutShadowed = "scoring.rollout.shadowed";

    /// <summary>Counter of requests turned away before scoring (429): reason.</summary>
    public const string RequestsRejected = "scoring.requests.rejected";

    /// <summary>Counter of requests whose rows were taken up, where callers are counted: caller, model. Callers beyond a bound are <c>other</c>.</summary>
    public const string CallerRequests = "scoring.caller.requests";

    /// <summary>Counter of the rows of those requests: caller, model.</summary>
    public const string CallerRows = "scoring.caller.rows";

    /// <summary>Counter of jobs ended: state, model.</summary>
    public const string BatchJobs = "scoring.batch.jobs";

    /// <summary>Histogram, s, of one chunk of a job: model.</summary>
    public const string BatchChunkDuration = "scoring.batch.chunk.duration";

    /// <summary>Counter of chunks by duration: model, le.</summary>
    public const string BatchChunkDurationBucket = BatchChunkDuration + BucketSuffix;

    /// <summary>Counter of rows that chunks have scored: model.</summary>
    public const string BatchRows = "scoring.batch.rows";

    /// <summary>Histogram, s, of how long the oldest message that waits has waited, looked at every half minute: queue.</summary>
    public const string BatchQueueAge = "scoring.batch.queue_age";

    /// <summary>Counter of those looks by age: queue, le.</summary>
    public const string BatchQueueAgeBucket = BatchQueueAge + BucketSuffix;

    /// <summary>Counter of messages that have used up their tries: queue.</summary>
    public const string BatchPoison = "scoring.batch.poison";

    /// <summary>Counter of look-ups answered by a cache: cache.</summary>
    public const string CacheHits = "scoring.cache.hits";

    /// <summary>Counter of look-ups that a cache could not answer: cache.</summary>
    public const string CacheMisses = "scoring.cache.misses";

    /// <summary>Counter of predictions by their top probability: model, version, bin (upper edge of a twentieth, <c>0.05</c> to <c>1</c>).</summary>
    public const string Confidence = "scoring.confidence";

    /// <summary>Gauge, the share of predictions that the package's own baseline has in the bin: model, version, bin.</summary>
    public const string ConfidenceBaseline = "scoring.confidence.baseline";

    /// <summary>
    /// Gauge, 0 to 1: total variation distance between <see cref="Confidence"/> of the interval and <see cref="ConfidenceBaseline"/>:
    /// model, version. It says that the inputs or the model changed, not that the model is calibrated: that needs outcomes.
    /// </summary>
    public const string ConfidenceDrift = "scoring.confidence.drift";

    /// <summary>
    /// Counter of rows by the bins of the package's baseline, where it has one: model, version, feature, bin (a number's upper edge or <c>+Inf</c>, a category's value or <c>other</c>, <c>missing</c>).
    /// The confidence stands among the features as <c>(confidence)</c>. Sent to Application Insights every quarter of an hour.
    /// </summary>
    public const string Features = "scoring.features";

    /// <summary>Gauge, rows of the package's baseline by the same bins, at least half a row: model, version, feature, bin. Sent with <see cref="Features"/>, for bins that have rows on either side.</summary>
    public const string FeaturesBaseline = "scoring.features.baseline";

    /// <summary>Counter of requests that were chosen to be kept: model, version, outcome (<c>kept</c>, <c>dropped</c>: too many wait, since the storage is slow or away, or the request is too large).</summary>
    public const string Captures = "scoring.captures";

    /// <summary>
    /// Histogram, 0 to 1: top probabilities of the predictions whose outcome came in, each outcome as often as it comes: model, version, bin (as <see cref="Confidence"/>), right.
    /// Its count and its sum by bin give the calibration error, over all instances.
    /// </summary>
    public const string Outcomes = "scoring.outcomes";

    /// <summary>Counter of receipts given out with predictions: model, version.</summary>
    public const string Receipts = "scoring.receipts";

    /// <summary>Gauge, 0 to 1: the calibration error that a live version's <c>model.json</c> allows, where it says so: model, version.</summary>
    public const string CalibrationLimit = "scoring.calibration.limit";

    /// <summary>Gauge of callers waiting for a session run.</summary>
    public const string RunsQueued = "scoring.runs.queued";

    /// <summary>Counter of requests, spans and log lines that were chosen to be sent by themselves and were lost: reason (<c>full</c>: too many waited; <c>refused</c>: by the service).</summary>
    public const string TelemetryLost = "scoring.telemetry.lost";

    /// <summary>Gauge of runs that go on though they were asked to end.</summary>
    public const string RunsStuck = "scoring.runs.stuck";

    /// <summary>Gauge, bytes, of the process's working set.</summary>
    public const string Memory = "scoring.process.memory";

    /// <summary>
    /// What a duration's counter of buckets is called. Each duration falls in one bucket, named by its upper bound in the
    /// dimension <c>le</c> ("0.05": over 0.03 s and at most 0.05 s; "+Inf": over the last bound), so the buckets of a series add up to its count:
    /// <c>percentilew(todouble(le), count, 95)</c> in KQL. Buckets without a duration are not sent. Of requests, the bucket that the model's SLO lies within is
    /// split there: with an SLO of 60 ms, "0.06" and "0.075".
    /// </summary>
    public const string BucketSuffix = ".bucket";
}
