using ModelTool.Measuring;
using ModelTool.Tuning;
using Scoring.Configuration;
using Scoring.Inference;

namespace Scoring.Tests.Tooling;

public sealed class SuccessiveHalvingTests
{
    private static readonly TimeSpan Slo = TimeSpan.FromMilliseconds(1);

    private static readonly TuneSetting[] Settings = [.. Enumerable.Range(1, 16).Select(rows => new TuneSetting(1, GraphOptimization.All, false, rows, false))];

    // A row more costs 100 µs: ten rows are what fits into the promise.
    [Fact]
    public async Task RunAsync_CapacityRisesUntilThePromiseBreaks_TakesTheLastThatKeepsIt()
    {
        var rounds = new List<(int Count, TimeSpan Time, bool HasNow)>();

        var all = await new SuccessiveHalving(Slo, TimeSpan.FromSeconds(1)).RunAsync(Settings, Settings[15], (round, settings, time) =>
        {
            rounds.Add((settings.Count, time, settings.Contains(Settings[15])));
            return Task.FromResult<IReadOnlyList<TuneMeasurement>>([.. settings.Select(setting => Measured(setting, round, 50 + (95 * setting.Rows)))]);
        });

        Assert.Equal(10, TuneMeasurement.Ranked(all, Slo)[0].Setting.Rows);
        Assert.Equal(Settings.Length, all.Count);
        Assert.Equal([16, 9, 6, 4], rounds.Select(round => round.Count));
        Assert.Equal([1, 2, 4, 8], rounds.Select(round => round.Time.TotalSeconds));
        Assert.All(rounds, round => Assert.True(round.HasNow));
    }

    [Fact]
    public void Ranked_NoneKeepsThePromise_TheFastestIsFirst()
    {
        TuneMeasurement[] found = [Measured(Settings[3], 1, 5000), Measured(Settings[1], 1, 3000), new(Settings[0], 1, null, "it died")];

        Assert.Equal([2, 4, 1], TuneMeasurement.Ranked(found, Slo).Select(measurement => measurement.Setting.Rows));
    }

    [Fact]
    public void Front_OfMeasurements_LeavesOutWhatAnotherBeatsInBoth()
    {
        TuneMeasurement[] found = [Measured(Settings[7], 1, 400), Measured(Settings[0], 1, 100), Measured(Settings[1], 1, 450), Measured(Settings[0] with { Spinning = true }, 1, 120), Measured(Settings[15], 1, 900)];

        Assert.Equal([1, 8], ParetoFront.Of(found).Select(measurement => measurement.Setting.Rows));
    }

    private static TuneMeasurement Measured(TuneSetting setting, int round, double microseconds) => new(setting, round, new Latency(100, microseconds, microseconds), null);
}
