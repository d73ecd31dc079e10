using Scoring.Telemetry;

namespace Scoring.Tests.Telemetry;

public sealed class PackedDurationsTests
{
    [Fact]
    public void AddTo_DistributionOfAnyDurations_IsWhatWasPacked()
    {
        var random = new Random(3);
        var original = new DurationDistribution();
        for (var count = 0; count < 10_000; count++)
        {
            original.Record(TimeSpan.FromSeconds(Math.Exp((random.NextDouble() * 20) - 10)));
        }

        var unpacked = new DurationDistribution();
        unpacked.Record(TimeSpan.FromDays(1));
        unpacked.Clear();
        PackedDurations.Of(original).AddTo(unpacked);

        Assert.Equal((original.Count, original.Sum, original.Mean), (unpacked.Count, unpacked.Sum, unpacked.Mean));
        Assert.Equal(original.Slices, unpacked.Slices);
        Assert.Equal(original.Percentile(0.99), unpacked.Percentile(0.99));
    }

    [Fact]
    public void AddTo_Nothing_AddsNothing()
    {
        var unpacked = new DurationDistribution();

        PackedDurations.Of(new DurationDistribution()).AddTo(unpacked);

        Assert.Equal((0, TimeSpan.Zero), (unpacked.Count, unpacked.Sum));
        Assert.Empty(unpacked.Slices);
    }
}
