using LocalHost.Queues;

namespace Functions.Tests.LocalHost.Queues;

public class PollingBackoffTests
{
    [Fact]
    public void Next_InTheMiddleOfItsSpread_DoublesItsStepUpToTheLongest()
    {
        var backoff = new PollingBackoff(TimeSpan.FromSeconds(2), new Fixed(0.5));

        Assert.Equal([100, 200, 300, 500, 900, 1700, 2000, 2000], Take(backoff, 8));
    }

    [Theory]
    [InlineData(0.0, new double[] { 100, 180, 260, 420 })]
    [InlineData(1.0, new double[] { 100, 220, 340, 580 })]
    public void Next_AtTheEdgesOfItsSpread_IsAFifthOff(double random, double[] milliseconds) =>
        Assert.Equal(milliseconds, Take(new(TimeSpan.FromMinutes(1), new Fixed(random)), 4));

    [Fact]
    public void Next_AfterAReset_BeginsAgain()
    {
        var backoff = new PollingBackoff(TimeSpan.FromSeconds(2), new Fixed(0.5));
        Take(backoff, 5);

        backoff.Reset();

        Assert.Equal([100, 200], Take(backoff, 2));
    }

    [Fact]
    public void Next_WithTheShortestLongest_StaysThere() =>
        Assert.Equal([100, 100, 100], Take(new(PollingBackoff.Shortest), 3));

    private static double[] Take(PollingBackoff backoff, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Math.Round(backoff.Next().TotalMilliseconds))];

    private sealed class Fixed(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
