namespace Scoring.Telemetry;

/// <summary>Requests of one model, version, code and temperature.</summary>
internal sealed class RequestSeries
{
    /// <summary>For the sampler of request telemetry.</summary>
    public SamplingState Sampling;

    private readonly CounterSeries met;
    private readonly CounterSeries missed;

    public RequestSeries(ScoringInstruments instruments, string model, string version, string code, bool cold)
    {
        Model = model;
        Version = version;
        Code = code;
        Cold = cold;
        KeyValuePair<string, object?>[] tags =
        [
            new(MetricDimensions.Model, model), new(MetricDimensions.Version, version),
            new(MetricDimensions.Code, code), new(MetricDimensions.Cold, cold),
        ];
        Duration = new DurationSeries(instruments.RequestDuration, tags);
        met = new CounterSeries(instruments.Requests, [.. tags, new(MetricDimensions.SloMet, true)]);
        missed = new CounterSeries(instruments.Requests, [.. tags, new(MetricDimensions.SloMet, false)]);
    }

    public string Model { get; }

    public string Version { get; }

    public string Code { get; }

    public bool Cold { get; }

    public DurationSeries Duration { get; }

    public long Met => met.Total;

    public long Missed => missed.Total;

    public IEnumerable<MetricSeries> Series => [met, missed, Duration];

    public void Record(TimeSpan duration, TimeSpan slo)
    {
        (duration <= slo ? met : missed).Add(1);
        Duration.Record(duration, slo);
    }
}
