using Microsoft.Extensions.Time.Testing;
using Scoring.Telemetry;

namespace Scoring.Tests.Telemetry;

public sealed class MetricAggregatorTests : IDisposable
{
    private static readonly TimeSpan Slo = TimeSpan.FromMilliseconds(50);

    private readonly ScoringMetrics metrics;
    private readonly MetricAggregator aggregator;

    public MetricAggregatorTests()
    {
        var time = new FakeTimeProvider();
        metrics = new ScoringMetrics(new ColdStartClock(time), time);
        aggregator = new MetricAggregator(metrics);
    }

    public void Dispose() => metrics.Dispose();

    [Fact]
    public void Collect_TenThousandRequests_GivesNoMorePointsThanTen()
    {
        Request(10);
        aggregator.Collect();
        Request(10);
        var ten = aggregator.Collect();
        Request(10_000);
        var tenThousand = aggregator.Collect();

        Assert.Equal(ten.Count, tenThousand.Count);
        Assert.Equal(10_000, tenThousand.Single(point => point.Name == MetricNames.RequestDuration).Count);
    }

    [Fact]
    public void Collect_SloBetweenTwoBounds_IsAnEdgeOfTheBuckets()
    {
        var slo = TimeSpan.FromMilliseconds(60);
        foreach (var milliseconds in (double[])[49, 51, 60, 60.0001, 74])
        {
            metrics.RequestCompleted("intent", "1", ScoringMetrics.Ok, TimeSpan.FromMilliseconds(milliseconds), slo, 1);
        }

        Assert.Equal([("0.05", 1L), ("0.06", 2L), ("0.075", 2L)], RequestBuckets());

        metrics.RequestCompleted("intent", "1", ScoringMetrics.Ok, TimeSpan.FromMilliseconds(59), slo, 1);

        Assert.Equal([("0.06", 1L)], RequestBuckets());
    }

    [Fact]
    public void Collect_SloOnABound_AddsNoEdge()
    {
        foreach (var milliseconds in (double[])[40, 50, 51])
        {
            metrics.RequestCompleted("intent", "1", ScoringMetrics.Ok, TimeSpan.FromMilliseconds(milliseconds), Slo, 1);
        }

        Assert.Equal([("0.05", 2L), ("0.075", 1L)], RequestBuckets());
    }

    [Fact]
    public void Collect_SecondTime_HoldsOnlyWhatIsNew()
    {
        Request(3);
        aggregator.Collect();

        Assert.DoesNotContain(aggregator.Collect(), point => point.Name.StartsWith(MetricNames.Requests, StringComparison.Ordinal));
    }

    [Fact]
    public void Collect_Durations_GivesSecondsExtremesAndBucketsThatAddUp()
    {
        foreach (var milliseconds in (double[])[2, 4, 40, 400])
        {
            metrics.InferenceCompleted("intent", "1", TimeSpan.FromMilliseconds(milliseconds), 1);
        }

        var points = aggregator.Collect();

        var duration = Assert.Single(points, point => point.Name == MetricNames.InferenceDuration);
        Assert.Equal((4, 0.002, 0.4), (duration.Count, duration.Min, duration.Max));
        Assert.Equal(0.446, duration.Sum, precision: 6);
        Assert.Equal(
            [("0.002", 1L), ("0.005", 1L), ("0.05", 1L), ("0.5", 1L)],
            points.Where(point => point.Name == MetricNames.InferenceDurationBucket)
                .Select(point => (point.Dimensions.Single(dimension => dimension.Key == MetricDimensions.UpperBound).Value, point.Count)));
    }

    [Fact]
    public void Collect_ConfidenceBesideItsBaseline_GivesTheirDistance()
    {
        var baseline = new double[ConfidenceSeries.BinCount];
        baseline[ConfidenceSeries.Labels.IndexOf("0.95")] = 0.75;
        baseline[ConfidenceSeries.Labels.IndexOf("0.6")] = 0.25;
        metrics.ConfidenceBaseline("intent", "1", baseline);
        foreach (var probability in (double[])[0.95, 0.94, 0.58, 0.56])
        {
            metrics.Confidence("intent", "1", probability);
        }

        var points = aggregator.Collect();

        // Half of the predictions lie where the baseline has a quarter, half where it has three quarters.
        Assert.Equal(0.25, Assert.Single(points, point => point.Name == MetricNames.ConfidenceDrift).Sum, precision: 12);
        Assert.Equal([2L, 2L], points.Where(point => point.Name == MetricNames.Confidence).Select(point => point.Count));
        Assert.Equal([0.25, 0.75], points.Where(point => point.Name == MetricNames.ConfidenceBaseline).Select(point => point.Sum));
    }

    [Fact]
    public void Collect_Outcomes_GivesCountAndSumOfWhatWasSaidByBinAndWhetherItCameTrue()
    {
        metrics.OutcomeReceived("intent", "1", 0.83, isRight: true);
        metrics.OutcomeReceived("intent", "1", 0.81, isRight: true);
        metrics.OutcomeReceived("intent", "1", 0.85, isRight: false);
        aggregator.Collect();
        metrics.OutcomeReceived("intent", "1", 0.9, isRight: true);
        metrics.OutcomeReceived("intent", "1", 0.82, isRight: false);

        var points = aggregator.Collect().Where(point => point.Name == MetricNames.Outcomes);

        Assert.Equal(
            [("0.85", "false", 1, 0.82), ("0.9", "true", 1, 0.9)],
            points.Select(point => (Of(point, MetricDimensions.Bin), Of(point, MetricDimensions.Right), point.Count, Math.Round(point.Sum, 6))));
        Assert.DoesNotContain(aggregator.Collect(), point => point.Name == MetricNames.Outcomes);

        static string Of(MetricPoint point, string dimension) => point.Dimensions.Single(each => each.Key == dimension).Value;
    }

    [Fact]
    public void Collect_LimitOfAModel_IsToldOfItsLiveVersionAlone()
    {
        metrics.CalibrationLimit("intent", "1", 0.1);
        metrics.CalibrationLimit("intent", "2", 0.2);
        metrics.ModelSwapped("intent", "", "2");

        Assert.Equal(0.2, Assert.Single(aggregator.Collect(), point => point.Name == MetricNames.CalibrationLimit).Sum);
    }

    private List<(string UpTo, long Count)> RequestBuckets() => [.. aggregator.Collect().Where(point => point.Name == MetricNames.RequestDurationBucket)
        .GroupBy(point => point.Dimensions.Single(dimension => dimension.Key == MetricDimensions.UpperBound).Value, (upTo, points) => (upTo, points.Sum(point => point.Count)))
        .OrderBy(bucket => double.Parse(bucket.upTo, System.Globalization.CultureInfo.InvariantCulture))];

    private void Request(int count)
    {
        for (var i = 0; i < count; i++)
        {
            metrics.RequestCompleted("intent", "1", "ok", TimeSpan.FromMilliseconds(2), Slo, 1);
        }
    }
}
