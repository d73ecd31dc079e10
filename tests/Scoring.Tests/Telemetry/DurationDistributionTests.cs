using System.Diagnostics.Metrics;
using Scoring.Telemetry;

namespace Scoring.Tests.Telemetry;

public sealed class DurationDistributionTests
{
    /// <summary>The widest slice, an eighth of the bucket from 3 to 5, relative to its lower end: (5 - 3) / 8 / 3.</summary>
    private const double SliceWidth = 1.0 / 12;

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(0.99)]
    public void Percentile_LogNormalLatencies_AgreesWithTheExactOne(double share)
    {
        var random = new Random(7);
        var exact = new List<double>();
        using var meter = new Meter("test");
        var series = new DurationSeries(meter.CreateHistogram<double>("d"));
        for (var i = 0; i < 50_000; i++)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var duration = TimeSpan.FromSeconds(0.004 * Math.Exp(normal));
            exact.Add(duration.TotalSeconds);
            series.Record(duration);
        }

        exact.Sort();
        var found = Read(series).Percentile(share).TotalSeconds;

        var expected = exact[(int)Math.Ceiling(share * exact.Count) - 1];
        Assert.InRange(found, expected * (1 - SliceWidth), expected * (1 + SliceWidth));
    }

    [Fact]
    public void Percentile_NothingRecorded_IsZero() => Assert.Equal(TimeSpan.Zero, new DurationDistribution().Percentile(0.95));

    [Fact]
    public void Percentile_BeyondTheLastBound_IsThatBound()
    {
        using var meter = new Meter("test");
        var series = new DurationSeries(meter.CreateHistogram<double>("d"));
        series.Record(TimeSpan.FromDays(1));

        Assert.Equal(TimeSpan.FromSeconds(7500), Read(series).Percentile(0.5));
    }

    [Fact]
    public void Since_EarlierCopy_HoldsOnlyWhatCameLater()
    {
        using var meter = new Meter("test");
        var series = new DurationSeries(meter.CreateHistogram<double>("d"));
        series.Record(TimeSpan.FromMilliseconds(1));
        var earlier = Read(series);
        series.Record(TimeSpan.FromMilliseconds(40));
        series.Record(TimeSpan.FromMilliseconds(40));

        var later = Read(series).Since(earlier);

        Assert.Equal(2, later.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(80), later.Sum);
        Assert.Equal(2, later.CountIn(DurationBuckets.Labels.IndexOf("0.05")));
        Assert.InRange(later.Percentile(0.01).TotalSeconds, 0.03, 0.05);
    }

    [Fact]
    public void Record_ManyThreads_LosesNothing()
    {
        using var meter = new Meter("test");
        var series = new DurationSeries(meter.CreateHistogram<double>("d"));

        Parallel.For(0, 20_000, i => series.Record(TimeSpan.FromTicks(i + 1)));

        Assert.Equal(20_000, Read(series).Count);
        Assert.Equal(20_000L * 20_001 / 2, Read(series).Sum.Ticks);
        Assert.Equal((TimeSpan.FromTicks(1), TimeSpan.FromTicks(20_000)), series.TakeExtremes());
        Assert.Null(series.TakeExtremes());
    }

    private static DurationDistribution Read(DurationSeries series)
    {
        var distribution = new DurationDistribution();
        series.AddTo(distribution);
        return distribution;
    }
}
