using System.Collections.Concurrent;

namespace Scoring.Telemetry;

/// <summary>What is recorded per request and run of one version, resolved beforehand so that recording allocates nothing.</summary>
internal sealed class ModelSeries
{
    private const int MaxCodes = 32;

    /// <summary>When the last run was over, in ticks of UTC; 0 before the first.</summary>
    public long LastRunTicks;

    private readonly ScoringInstruments instruments;
    private readonly RequestSeries[] ok;
    private readonly ConcurrentDictionary<string, RequestSeries[]> failed = new();

    public ModelSeries(ScoringInstruments instruments, string model, string version)
    {
        this.instruments = instruments;
        Model = model;
        Version = version;
        KeyValuePair<string, object?>[] tags = [new(MetricDimensions.Model, model), new(MetricDimensions.Version, version)];
        Inference = new DurationSeries(instruments.InferenceDuration, tags);
        Rows = new CounterSeries(instruments.Rows, tags);
        Confidence = new ConfidenceSeries(instruments.Confidence, tags);
        Outcomes = new OutcomeSeries(instruments.Outcomes, tags);
        Receipts = new CounterSeries(instruments.Receipts, tags);
        ok = CreatePair(ScoringMetrics.Ok);
    }

    public string Model { get; }

    public string Version { get; }

    /// <summary>True once another version answers in its place.</summary>
    public bool Retired { get; set; }

    public DurationSeries Inference { get; }

    public CounterSeries Rows { get; }

    public ConfidenceSeries Confidence { get; }

    public OutcomeSeries Outcomes { get; }

    public CounterSeries Receipts { get; }

    /// <summary>Rows by the bins of the package's baseline; null without one.</summary>
    public DriftSeries? Drift { get; set; }

    /// <summary>The calibration error that the version's package allows; null where it does not say.</summary>
    public double? CalibrationLimit { get; set; }

    public IEnumerable<RequestSeries> Requests => failed.Values.Prepend(ok).SelectMany(pair => pair);

    public IEnumerable<MetricSeries> Series => Requests.SelectMany(requests => requests.Series).Append(Inference).Append(Rows).Append(Confidence).Append(Outcomes).Append(Receipts).Concat(Drift is { } drift ? [drift] : []);

    public bool Is(string model, string version) => Version == version && Model == model;

    public RequestSeries Request(string code, bool cold) =>
        (code == ScoringMetrics.Ok ? ok : failed.TryGetValue(code, out var pair) ? pair : AddCode(code))[cold ? 1 : 0];

    private RequestSeries[] AddCode(string code) =>
        failed.Count < MaxCodes
            ? failed.GetOrAdd(code, CreatePair)
            : failed.GetOrAdd(MetricDimensions.Other, CreatePair);

    private RequestSeries[] CreatePair(string code) =>
        [new(instruments, Model, Version, code, cold: false), new(instruments, Model, Version, code, cold: true)];
}
