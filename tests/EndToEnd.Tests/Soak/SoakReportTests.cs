namespace EndToEnd.Tests.Soak;

/// <summary>A soak's report tells growth from the scatter of its windows.</summary>
public sealed class SoakReportTests
{
    private const int Soaks = 40;

    [Fact]
    public void Grown_TailsThatScatter_AreHardlyEverTakenToGrow() => Assert.InRange(CountGrown(growth: 1), 0, 2);

    [Fact]
    public void Grown_TailThatGrowsByHalf_IsSeen() => Assert.InRange(CountGrown(growth: 1.5), 36, Soaks);

    [Fact]
    public void Grown_MemoryThatGrowsByAFifth_IsSeen()
    {
        var windows = Windows(new Random(1), growth: 1, residentGrowth: 1.2);

        Assert.StartsWith("resident 1", Assert.Single(new SoakReport(windows).Grown()), StringComparison.Ordinal);
    }

    [Fact]
    public void Grown_PoolOfThreadsThatDoubles_IsSeen()
    {
        var windows = Windows(new Random(1), growth: 1, residentGrowth: 1).Take(20).Concat(Windows(new Random(1), growth: 1, residentGrowth: 1, poolGrowth: 2).Skip(20));

        Assert.StartsWith("threads of the pool 10, at the end 20", Assert.Single(new SoakReport([.. windows]).Grown()), StringComparison.Ordinal);
    }

    private static int CountGrown(double growth) => Enumerable.Range(0, Soaks).Count(seed => new SoakReport(Windows(new Random(seed), growth, residentGrowth: 1)).Grown().Count > 0);

    // Forty windows; what grows, grows from the end of the second quarter to the begin of the last.
    private static List<SoakWindow> Windows(Random random, double growth, double residentGrowth, double poolGrowth = 1)
    {
        var windows = new List<SoakWindow>();
        for (var index = 0; index < 40; index++)
        {
            var progress = Math.Clamp((index - 19) / 11.0, 0, 1);
            var window = new SoakWindow();
            window.Add(new SoakSample((long)(100e6 * (1 + ((residentGrowth - 1) * progress))), 100, 15, (int)(10 * poolGrowth), 10));
            for (var request = 0; request < 1200; request++)
            {
                window.Add(TimeSpan.FromMilliseconds(Took() * (1 + ((growth - 1) * progress))), isApp: true);
                window.Add(TimeSpan.FromMilliseconds(Took()), isApp: false);
            }

            windows.Add(window);
        }

        return windows;

        // A lognormal time: the median a millisecond, the 99th percentile ten.
        double Took() => Math.Exp(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }
}
