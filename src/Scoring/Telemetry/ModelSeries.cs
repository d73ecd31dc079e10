using System.Collections.Concurrent;

namespace Scoring.Telemetry;

/// <summary>What is recorded per request and run of one version, resolved beforehand so that recording allocates nothing.</summary>
internal sealed class ModelSeries
{
    private const int MaxCodes = 32;

    private readonly ScoringInstruments _instruments;
    private readonly RequestSeries[] _ok;
    private readonly ConcurrentDictionary<string, RequestSeries[]> _failed = new();

    public ModelSeries(ScoringInstruments instruments, string model, string version)
    {
        _instruments = instruments;
        Model = model;
        Version = version;
        KeyValuePair<string, object?>[] tags = [new(MetricDimensions.Model, model), new(MetricDimensions.Version, version)];
        Inference = new DurationSeries(instruments.InferenceDuration, tags);
        Rows = new CounterSeries(instruments.Rows, tags);
        Confidence = new ConfidenceSeries(instruments.Confidence, tags);
        _ok = CreatePair(ScoringMetrics.Ok);
    }

    public string Model { get; }

    public string Version { get; }

    /// <summary>True once another version answers in its place.</summary>
    public bool Retired { get; set; }

    public DurationSeries Inference { get; }

    public CounterSeries Rows { get; }

    public ConfidenceSeries Confidence { get; }

    public IEnumerable<RequestSeries> Requests => _failed.Values.Prepend(_ok).SelectMany(pair => pair);

    public IEnumerable<MetricSeries> Series => Requests.SelectMany(requests => requests.Series).Append(Inference).Append(Rows).Append(Confidence);

    public bool Is(string model, string version) => Version == version && Model == model;

    public RequestSeries Request(string code, bool cold) =>
        (code == ScoringMetrics.Ok ? _ok : _failed.TryGetValue(code, out var pair) ? pair : AddCode(code))[cold ? 1 : 0];

    private RequestSeries[] AddCode(string code) =>
        _failed.Count < MaxCodes
            ? _failed.GetOrAdd(code, CreatePair)
            : _failed.GetOrAdd(MetricDimensions.Other, CreatePair);

    private RequestSeries[] CreatePair(string code) =>
        [new(_instruments, Model, Version, code, cold: false), new(_instruments, Model, Version, code, cold: true)];
}
