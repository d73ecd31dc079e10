namespace Scoring.Telemetry;

/// <content>What each version has done.</content>
public sealed partial class ScoringMetrics
{
    /// <summary>The versions that were asked, at most <see cref="MaxVersions"/>.</summary>
    public IReadOnlyList<ModelStatistics> Statistics() => [.. models.Known.Select(Statistics)];

    private static ModelStatistics Statistics(ModelSeries series)
    {
        var (ok, failed) = (new DurationDistribution(), new DurationDistribution());
        foreach (var requests in series.Requests)
        {
            requests.Duration.AddTo(requests.Code == Ok ? ok : failed);
        }

        var runs = new DurationDistribution();
        series.Inference.AddTo(runs);
        var last = Volatile.Read(ref series.LastRunTicks);
        return new ModelStatistics(
            series.Model, series.Version, (ok.Count, ok.Sum), (failed.Count, failed.Sum), (runs.Count, runs.Sum), series.Rows.Total, last == 0 ? null : new DateTimeOffset(last, TimeSpan.Zero));
    }
}
