using Microsoft.Extensions.Time.Testing;
using Scoring.Telemetry;

namespace Scoring.Tests.Drift;

/// <summary>How rows are counted by bins, kept and sent.</summary>
public sealed class DriftSeriesTests : IDisposable
{
    private static readonly BinnedFeature[] Features = [new("a", ["1", "+Inf", "missing"], [0.5, 0.5, 0], 100), new("b", ["x", "other", "missing"], [1, 0, 0], 100)];

    private readonly FakeTimeProvider time = new();
    private readonly ScoringMetrics metrics;
    private readonly MetricAggregator aggregator;

    public DriftSeriesTests()
    {
        metrics = new ScoringMetrics(new ColdStartClock(time), time);
        aggregator = new MetricAggregator(metrics);
    }

    public void Dispose() => metrics.Dispose();

    [Fact]
    public void Drift_NoBaseline_KeepsNothing()
    {
        Assert.Null(metrics.Drift("m", "1", "c", []));
        Assert.Empty(metrics.DriftOf("m"));
    }

    [Fact]
    public void ToCounts_SeveralWritersAndOneThatLeft_AddsAll()
    {
        var series = metrics.Drift("m", "1", "c", Features)!;
        var (first, second) = (series.Rent(), series.Rent());
        first[0] = 2;
        second[0] = 3;
        second[5] = 1;
        series.Return(second);
        first[4] = 7;

        Assert.Equal([5, 0, 0, 0, 7, 1], series.ToCounts());
    }

    [Fact]
    public void Drift_VersionLoadedAgain_GoesOnUnlessItsContentIsAnother()
    {
        var series = metrics.Drift("m", "1", "c", Features)!;
        series.Rent()[0] = 2;

        Assert.Same(series, metrics.Drift("m", "1", "c", Features));
        Assert.Equal(0, metrics.Drift("m", "1", "other", Features)!.ToCounts().Sum());
    }

    [Fact]
    public void ToLastDay_AfterDays_ForgetsWhatIsOlder()
    {
        using var history = new MetricsHistory(metrics, time);
        var series = metrics.Drift("m", "1", "c", Features)!;
        var counts = series.Rent();
        for (var hour = 0; hour < 40; hour++)
        {
            counts[hour < 20 ? 0 : 1]++;
            time.Advance(TimeSpan.FromHours(1));
            history.TakeStep();
        }

        var (since, lastDay) = series.ToLastDay();

        Assert.Equal(time.GetUtcNow() - TimeSpan.FromHours(23), since);
        Assert.Equal([3, 20], lastDay.Take(2));
    }

    [Fact]
    public void Collect_Rows_AreSentEveryQuarterOfAnHourAndAtTheEnd()
    {
        var series = metrics.Drift("m", "1", "c", Features)!;
        var counts = series.Rent();
        counts[0] = 2;
        counts[5] = 1;
        time.Advance(TimeSpan.FromMinutes(14));
        Assert.Empty(Sent());
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(
            [("scoring.features.baseline", "a 1", 50), ("scoring.features", "a 1", 2), ("scoring.features.baseline", "a +Inf", 50),
                ("scoring.features.baseline", "b x", 100), ("scoring.features.baseline", "b missing", 0.5), ("scoring.features", "b missing", 1)],
            Sent());

        counts[0] = 3;
        Assert.Empty(Sent());
        Assert.Equal([("scoring.features.baseline", "a 1", 50), ("scoring.features", "a 1", 1), ("scoring.features.baseline", "a +Inf", 50)], Sent(isLast: true));
    }

    [Fact]
    public void Drift_ConfidenceBaselineAlone_ComparesTheConfidence()
    {
        var baseline = new double[ConfidenceSeries.BinCount];
        baseline[ConfidenceSeries.Labels.IndexOf("0.95")] = 1;
        metrics.ConfidenceBaseline("m", "1", baseline);
        var series = metrics.Drift("m", "1", "c", [])!;
        for (var row = 0; row < 600; row++)
        {
            metrics.Confidence("m", "1", row < 300 ? 0.94 : 0.52);
        }

        var figure = DriftFigure.Of(Assert.Single(series.Features), series.ToLastDay().Counts);

        Assert.Equal((BinnedFeature.Confidence, 600, DriftVerdict.Shifted), (series.Features[0].Name, figure.Rows, figure.Verdict));
    }

    private (string Name, string Bin, double Value)[] Sent(bool isLast = false) =>
        [.. aggregator.Collect(isLast).Where(point => point.Name.StartsWith("scoring.features", StringComparison.Ordinal))
            .Select(point => (point.Name, $"{Of(point, "feature")} {Of(point, "bin")}", point.Sum))];

    private static string Of(MetricPoint point, string dimension) => point.Dimensions.Single(each => each.Key == dimension).Value;
}
