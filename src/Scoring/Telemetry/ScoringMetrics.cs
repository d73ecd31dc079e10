using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Scoring.Telemetry;

/// <summary>
/// What the app measures, under <see cref="MetricNames"/>: to the meter <c>Scoring</c> for any listener, and into series of its own for
/// <c>GET /api/metrics</c> and Application Insights. One per process; thread safe. The calls on a request's path cost tens of nanoseconds and allocate nothing.
/// </summary>
/// <remarks>
/// The number of series is bounded: at most <see cref="MaxVersions"/> versions have their own, those replaced make room, and the rest is <c>other</c>.
/// A model or version that the process never served or tried to load, such as one in a stranger's 404, is <c>unknown</c>.
/// </remarks>
public sealed partial class ScoringMetrics : IDisposable
{
    /// <summary>The code of a request that was answered with predictions.</summary>
    public const string Ok = "ok";

    /// <summary>Versions with series of their own.</summary>
    public const int MaxVersions = 64;

    // A request is cold where it arrived before the process gave its first answer. Requests that wait are answered or given up within RequestTimeout, at most ten minutes:
    // so long after the first answer, no cold request can be left.
    private static readonly TimeSpan ColdTail = TimeSpan.FromMinutes(10);

    private readonly TimeProvider time;
    private readonly ColdStartClock coldStart;
    private readonly ScoringInstruments instruments = new();
    private readonly ModelSeriesTable models;
    private readonly TaskCompletionSource firstAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource firstIncident = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long firstAnswerAt;
    private volatile bool warm;

    /// <param name="time">The clock that also drives <paramref name="coldStart"/>.</param>
    public ScoringMetrics(ColdStartClock coldStart, TimeProvider time)
    {
        this.coldStart = coldStart;
        this.time = time;
        StartedAt = time.GetUtcNow();
        models = new ModelSeriesTable(instruments, MaxVersions);
        CreateFamilies();
        instruments.Meter.CreateObservableGauge(MetricNames.ModelLive, ObserveLive, "{version}", "Versions that answer now");
        instruments.Meter.CreateObservableGauge(MetricNames.RolloutShare, ObserveShares, "1", "Share of the requests that a candidate of a rollout has");
        instruments.Meter.CreateObservableCounter(MetricNames.Features, ObserveFeatures, "{row}", "Rows by the bins of a package's baseline");
        instruments.Meter.CreateObservableGauge(MetricNames.FeaturesBaseline, ObserveBaselines, "{row}", "Rows of a package's baseline by bin");
        instruments.Meter.CreateObservableGauge(MetricNames.RunsQueued, () => RunsQueued, "{caller}", "Callers waiting for a session run");
        instruments.Meter.CreateObservableGauge(MetricNames.RunsStuck, () => RunsStuck, "{run}", "Runs that go on though they were asked to end");
        instruments.Meter.CreateObservableGauge(MetricNames.Memory, () => Environment.WorkingSet, "By", "The process's working set");
    }

    /// <summary>When the metrics were made; all counts are since then.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Completes with the process's first answer, never on the answering thread.</summary>
    public Task FirstAnswer => firstAnswer.Task;

    /// <summary>Completes with the first thing besides an answer that someone may be alerted of: a refused version, a poison message, a failed job.</summary>
    public Task FirstIncident => firstIncident.Task;

    /// <summary>Null until the first answer.</summary>
    public ColdStart? ColdStart => coldStart.Result;

    internal Meter Meter => instruments.Meter;

    /// <summary>Counts an answered scoring request. The first one of the process ends its cold start.</summary>
    /// <param name="version">The version that answered; empty when none was reached.</param>
    /// <param name="code"><see cref="Ok"/> or the name of an error code.</param>
    /// <param name="duration">From the request's arrival to now.</param>
    /// <param name="slo">What the model promises; the request meets it when its duration is at most this.</param>
    /// <param name="rows">Rows that were scored; 0 for a failure.</param>
    /// <param name="span">The request's span; by default the current one, if it is the app's.</param>
    /// <param name="traceparent">What the caller sent as its W3C context; null for nothing.</param>
    /// <param name="watch">Is told as well; null for nobody.</param>
    public void RequestCompleted(
        string model, string version, string code, TimeSpan duration, TimeSpan slo, int rows, Activity? span = null, string? traceparent = null, IRequestWatch? watch = null)
    {
        var series = code == Ok ? models.Admit(model, version) : models.Find(model, version);
        var cold = !warm && IsCold("http", duration);
        var requests = series.Request(code, cold);
        requests.Record(duration, slo);
        RequestObserver?.Observe(requests, duration, slo, rows, span, traceparent);
        watch?.Completed(code, duration, slo);
    }

    /// <summary>Counts one session run.</summary>
    /// <param name="rows">Rows of the run.</param>
    public void InferenceCompleted(string model, string version, TimeSpan duration, int rows)
    {
        var series = models.Admit(model, version);
        series.Inference.Record(duration);
        series.Rows.Add(rows);
        Volatile.Write(ref series.LastRunTicks, time.GetUtcNow().UtcTicks);
    }

    /// <summary>Counts one prediction by its top probability, 0 to 1.</summary>
    public void Confidence(string model, string version, double topProbability) =>
        models.Admit(model, version).Confidence.Record(topProbability);

    /// <summary>Counts receipts given out with a version's predictions.</summary>
    public void ReceiptsIssued(string model, string version, int count) => models.Admit(model, version).Receipts.Add(count);

    /// <summary>Receipts that this process gave out since it started.</summary>
    public long ReceiptsOf(string model, string version) => models.Known.FirstOrDefault(series => series.Is(model, version))?.Receipts.Total ?? 0;

    /// <summary>Counts an outcome that came in. The version's receipt was verified, so it is none that a caller made up.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version that predicted.</param>
    /// <param name="confidence">The prediction's top probability, 0 to 1.</param>
    /// <param name="isRight">Whether its label came true.</param>
    public void OutcomeReceived(string model, string version, double confidence, bool isRight) =>
        models.Admit(model, version).Outcomes.Record(confidence, isRight);

    /// <summary>Gives the calibration error that a version's package allows, 0 to 1.</summary>
    public void CalibrationLimit(string model, string version, double limit) => models.Admit(model, version).CalibrationLimit = limit;

    /// <summary>Gives the confidence that a version's package recorded when it was made.</summary>
    /// <param name="shares">Share of predictions per bin of <see cref="ConfidenceSeries"/>, float64 [20], summing to 1.</param>
    public void ConfidenceBaseline(string model, string version, ReadOnlySpan<double> shares)
    {
        if (shares.Length != ConfidenceSeries.BinCount)
        {
            throw new ArgumentException($"A confidence baseline has {ConfidenceSeries.BinCount} bins, found {shares.Length}.", nameof(shares));
        }

        models.Admit(model, version).Confidence.SetBaseline(shares);
    }

    /// <summary>Has the rows of a version be compared with its package's baseline, to which <see cref="ConfidenceBaseline"/> belongs where it was given before.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version.</param>
    /// <param name="content">The package's content hash: a version that is loaded again goes on with its counts, other content under its number begins anew.</param>
    /// <param name="features">Those that are counted; none for the confidence alone.</param>
    /// <returns>Where rows are counted; null where there is no baseline, or where too many versions have series of their own.</returns>
    public DriftSeries? Drift(string model, string version, string content, IReadOnlyList<BinnedFeature> features)
    {
        var series = models.Admit(model, version);
        if (!series.Is(model, version))
        {
            return null;
        }

        if (features.Count == 0 && series.Confidence.Baseline is null)
        {
            return series.Drift = null;
        }

        return series.Drift is { } known && known.Content == content
            ? known
            : series.Drift = new DriftSeries(features, series.Confidence, content, time.GetUtcNow(), [.. series.Confidence.Dimensions]);
    }

    /// <summary>The versions of a model whose rows are compared with a baseline, newest first.</summary>
    public IReadOnlyList<(string Version, DriftSeries Series)> DriftOf(string model) =>
        [.. models.Known.Where(series => series.Model == model && series.Drift is not null).Select(series => (series.Version, series.Drift!)).OrderByDescending(each => each.Version.Length).ThenByDescending(each => each.Version, StringComparer.Ordinal)];

    /// <summary>The clock that all of it goes by.</summary>
    internal DateTimeOffset Now => time.GetUtcNow();

    public void Dispose() => instruments.Dispose();

    private bool IsCold(string trigger, TimeSpan duration)
    {
        var now = time.GetTimestamp();
        var arrival = now - (long)(duration.TotalSeconds * time.TimestampFrequency);
        if (coldStart.TryEnd(trigger, arrival, now))
        {
            Volatile.Write(ref firstAnswerAt, now);
            RecordColdStart(coldStart.Result!);
            firstAnswer.TrySetResult();
            return true;
        }

        var first = Volatile.Read(ref firstAnswerAt);
        warm = first != 0 && time.GetElapsedTime(first, now) > ColdTail;
        return first == 0 || arrival < first;
    }

    private void RecordColdStart(ColdStart coldStart)
    {
        coldStarts[coldStart.Trigger].Add(1);
        coldStartDurations[coldStart.Trigger, "total"].Record(coldStart.Total);
        foreach (var (phase, duration) in coldStart.Phases)
        {
            coldStartDurations[coldStart.Trigger, phase].Record(duration);
        }
    }
}
