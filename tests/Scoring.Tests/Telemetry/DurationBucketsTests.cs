using System.Globalization;
using Scoring.Telemetry;

namespace Scoring.Tests.Telemetry;

public sealed class DurationBucketsTests
{
    [Fact]
    public void Labels_All_AreAscendingSecondsWithTheDefaultSloAmongThem()
    {
        var seconds = DurationBuckets.Labels.SkipLast(1).Select(label => double.Parse(label, CultureInfo.InvariantCulture)).ToArray();

        Assert.Equal(DurationBuckets.UpperBounds, seconds);
        Assert.Equal(seconds.Order(), seconds);
        Assert.Contains("0.05", DurationBuckets.Labels);
        Assert.Equal("+Inf", DurationBuckets.Labels[^1]);
    }

    [Theory]
    [InlineData(0.05, "0.05")]
    [InlineData(0.0500001, "0.075")]
    [InlineData(0.0300001, "0.05")]
    [InlineData(0, "0.000001")]
    [InlineData(7500, "7500")]
    [InlineData(7500.0000001, "+Inf")]
    public void SliceOf_Duration_LiesInTheBucketThatItsBoundEnds(double seconds, string label)
    {
        var slice = DurationBuckets.SliceOf((long)Math.Round(seconds * TimeSpan.TicksPerSecond));

        Assert.Equal(label, DurationBuckets.Labels[slice / DurationBuckets.Slices]);
    }

    [Fact]
    public void SliceOf_AnyDuration_LiesInItsSlicesRange()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var ticks = (long)Math.Exp(random.NextDouble() * Math.Log(7500.0 * TimeSpan.TicksPerSecond));
            var (from, to) = DurationBuckets.RangeOf(DurationBuckets.SliceOf(ticks));

            // A tick is the finest duration there is: slices narrower than one may be off by one.
            Assert.InRange(ticks, from - 1, to + 1);
        }
    }
}
