namespace Scoring.Telemetry;

/// <summary>Sums over all series at one moment.</summary>
internal sealed class MetricTotals
{
    public DurationDistribution Latency { get; } = new();

    public DurationDistribution Inference { get; } = new();

    public DurationDistribution QueueAge { get; } = new();

    public Dictionary<string, long> ErrorsByCode { get; } = [];

    public long Requests { get; private set; }

    public long OverSlo { get; private set; }

    public long Cold { get; private set; }

    public long Rows { get; private set; }

    public static MetricTotals Of(ScoringMetrics metrics)
    {
        var totals = new MetricTotals();
        foreach (var requests in metrics.AllRequests)
        {
            totals.Add(requests);
        }

        foreach (var series in metrics.AllSeries)
        {
            if (series is CounterSeries { Name: MetricNames.Rows } rows)
            {
                totals.Rows += rows.Total;
            }
            else if (series is DurationSeries { Name: MetricNames.InferenceDuration } inference)
            {
                inference.AddTo(totals.Inference);
            }
            else if (series is DurationSeries { Name: MetricNames.BatchQueueAge } age)
            {
                age.AddTo(totals.QueueAge);
            }
        }

        return totals;
    }

    public void Add(RequestSeries requests)
    {
        var count = requests.Met + requests.Missed;
        if (count == 0)
        {
            return;
        }

        requests.Duration.AddTo(Latency);
        Requests += count;
        OverSlo += requests.Missed;
        Cold += requests.Cold ? count : 0;
        if (requests.Code != ScoringMetrics.Ok)
        {
            ErrorsByCode[requests.Code] = ErrorsByCode.GetValueOrDefault(requests.Code) + count;
        }
    }
}
