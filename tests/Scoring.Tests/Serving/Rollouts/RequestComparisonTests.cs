using System.Text;
using Scoring.Outcomes.Counts;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Probing;
using Scoring.Serving.Rollouts;
using Scoring.Telemetry;
using static Scoring.Tests.Serving.Rollouts.RolloutHost;

namespace Scoring.Tests.Serving.Rollouts;

/// <summary>Errors and latency of a rollout's versions, each with its interval, by one instance and by all.</summary>
public sealed class RequestComparisonTests : IAsyncDisposable
{
    private readonly RolloutHost rollouts = new();

    public ValueTask DisposeAsync() => rollouts.DisposeAsync();

    [Fact]
    public void Errors_ThreeOfAHundred_HaveWilsonsInterval()
    {
        var tally = Tally(requests: 100, failed: 3, _ => 1);

        // Reckoned apart: (p + z²/2n ± z sqrt(p(1 - p)/n + z²/4n²)) / (1 + z²/n) of p = 0.03, n = 100, z = 1.96.
        Assert.Equal((0.03, 0.0103, 0.0845), (tally.Errors!.Value.Value, Math.Round(tally.Errors.Value.Low, 4), Math.Round(tally.Errors.Value.High, 4)));
    }

    [Theory]
    [InlineData(0.50, 40)]
    [InlineData(0.50, 1000)]
    [InlineData(0.99, 1000)]
    public void Percentile_DrawnLatencies_HoldTheTrueOneAsOftenAsIsSaid(double share, int count)
    {
        // Exponential, with a mean of 20 ms.
        const int Draws = 400;
        var world = new Random(22);
        var truth = -0.020 * Math.Log(1 - share);

        var held = Enumerable.Range(0, Draws).Count(_ => Tally(count, 0, _ => -20 * Math.Log(1 - world.NextDouble())).Percentile(share) is { } found && found.Low <= truth && truth <= found.High);

        // 0.95 less four standard errors of 400 draws.
        Assert.InRange(held / (double)Draws, 0.95 - (4 * Math.Sqrt(0.95 * 0.05 / Draws)), 1);
    }

    [Fact]
    public void Percentile_TooFewForBothEnds_IsNone()
    {
        Assert.Null(Tally(requests: 562, failed: 0, _ => 1).Percentile(0.99));
        Assert.NotNull(Tally(requests: 563, failed: 0, _ => 1).Percentile(0.99));
        Assert.Null(Tally(requests: 4, failed: 0, _ => 1).Percentile(0.5));
        Assert.Null(new VersionTally().Percentile(0.5));
        Assert.Null(new VersionTally().Errors);
    }

    [Fact]
    public async Task Status_TwoInstances_EachTellsItsOwnAndTogetherTheyTellAll()
    {
        var (first, second) = (await rollouts.ServeAsync(), await rollouts.ServeAsync());
        var rollout = await rollouts.BeginAsync(50);
        var dealt = new Dictionary<string, int> { ["1"] = 0, ["2"] = 0 };
        for (var visitor = 0; visitor < 300; visitor++)
        {
            var subject = $"visitor-{visitor}";
            var host = visitor % 3 == 0 ? second : first;
            var version = await AskAsync(host, subject, visitor % 10 == 0 ? "inference_failed" : "ok", TimeSpan.FromMilliseconds(visitor % 4 < 2 ? 10 : 20));
            dealt[version]++;

            // What a visitor does again is no further evidence.
            await AskAsync(host, subject, "inference_failed");
        }

        Assert.Equal(200, Requests(await OwnAsync(first)));
        Assert.Equal(100, Requests(await OwnAsync(second)));
        Assert.Empty(await AllAsync(rollout.Id));

        foreach (var host in (CatalogHost[])[first, second])
        {
            await host.Get<GrowingFiles>().WriteAsync(CancellationToken.None);
        }

        var all = await AllAsync(rollout.Id);
        var errors = all.Where(each => each.Measure == "errors").ToArray();
        Assert.Equal([("1", (long)dealt["1"]), ("2", dealt["2"])], errors.Select(each => (each.Version, each.Requests)));
        Assert.Equal(30, Math.Round(errors.Sum(each => each.Found!.Value.Value * each.Requests)));
        Assert.Null(errors[0].AgainstLive);
        Assert.Equal(errors[1].Found!.Value.Value - errors[0].Found!.Value.Value, errors[1].AgainstLive!.Value.Value);
        Assert.InRange(errors[1].Found!.Value.Value, errors[1].Found!.Value.Low, errors[1].Found!.Value.High);
        var median = all.Single(each => each is { Measure: "p50", Version: "2" }).Found!.Value;
        Assert.True(median.Low > 0.009 && median.Low <= median.Value && median.Value <= median.High && median.High < 0.022, $"{median}");
        Assert.Null(all.Single(each => each is { Measure: "p99", Version: "2" }).Found);
    }

    [Fact]
    public async Task Status_NextStep_ComparesRequestsOfThatStepAlone()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(50, 90);
        await AskThousandAsync(host);
        rollouts.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.All(await OwnAsync(host), each => Assert.Equal(1, each.Step));

        var second = await AskThousandAsync(host);

        var errors = (await OwnAsync(host)).Where(each => each.Measure == "errors").Select(each => (each.Step, each.Version, each.Requests));
        Assert.Equal([(2, "1", 1000L - second), (2, "2", second)], errors);
    }

    [Fact]
    public async Task Status_CandidateThatHasNoShare_ComparesNothing()
    {
        var host = await rollouts.ServeAsync();
        File.WriteAllText(rollouts.PathTo("m", "2", "model.onnx"), "garbage");
        await rollouts.BeginAsync(50);
        await AskThousandAsync(host);

        Assert.Empty(await OwnAsync(host));
    }

    [Fact]
    public async Task Status_RolloutThatEnded_WritesWhatItSawAndIsLetGo()
    {
        var host = await rollouts.ServeAsync();
        var rollout = await rollouts.BeginAsync(50);
        await AskThousandAsync(host);
        await rollouts.Tool.AbortAsync("m", CancellationToken.None);
        await rollouts.RefreshAsync();

        await host.Get<GrowingFiles>().WriteAsync(CancellationToken.None);

        Assert.Equal(1000, Requests(await AllAsync(rollout.Id)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"slices":7,"versions":[]}""")]
    [InlineData("""{"slices":488,"versions":[{"step":0,"version":"1","requests":1,"failed":0,"answered":{"488":1}}]}""")]
    [InlineData("""{"slices":488,"versions":[{"step":0,"version":"../1","requests":1,"failed":0,"answered":{}}]}""")]
    [InlineData("""{"slices":488,"versions":[{"step":0,"version":"1","requests":"many"}]}""")]
    public void TryAdd_FileThatIsNone_AddsNothing(string json)
    {
        Assert.Equal(488, DurationBuckets.SliceCount);
        var sum = new TallySum();

        Assert.False(TallyFile.TryAdd(Encoding.UTF8.GetBytes(json), sum));
        Assert.Empty(sum.All);
    }

    private static VersionTally Tally(int requests, int failed, Func<int, double> milliseconds)
    {
        var tally = new VersionTally();
        for (var request = 0; request < requests; request++)
        {
            tally.Add(request >= failed, TimeSpan.FromMilliseconds(milliseconds(request)));
        }

        return tally;
    }

    private static long Requests(IEnumerable<RequestMeasure> measures) => measures.Where(each => each.Measure == "errors").Sum(each => each.Requests);

    private static async Task<IReadOnlyList<RequestMeasure>> OwnAsync(CatalogHost host) => (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Rollout!.Requests;

    private async Task<IReadOnlyList<RequestMeasure>> AllAsync(string rollout)
    {
        var nowhere = new VerdictContainer(null, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<VerdictContainer>.Instance);
        return RequestComparison.Of(await RolloutTallies.ReadAsync(nowhere, rollouts.PathTo(".verdicts"), "m", rollout, CancellationToken.None), "1", ["2"]);
    }
}
