using Scoring.Serving;
using Scoring.Telemetry;
using static Scoring.Tests.Serving.Rollouts.RolloutHost;

namespace Scoring.Tests.Serving.Rollouts;

/// <summary>A candidate that fails is braked, on every process that shares the repository.</summary>
public sealed class BrakedRolloutTests : IAsyncDisposable
{
    private readonly RolloutHost rollouts = new();

    public ValueTask DisposeAsync() => rollouts.DisposeAsync();

    [Fact]
    public async Task Completed_CandidateThatFails_IsBrakedAtOnceHereAndWithTheNextRefreshEverywhere()
    {
        var (first, second) = (await rollouts.ServeAsync(), await rollouts.ServeAsync());
        await rollouts.BeginAsync(10);
        Assert.NotEqual(0, await AskThousandAsync(second));
        var candidate = second.Loaded.Of("m").Single(version => version.Package.Version == "2");

        await FailUntilBrakedAsync(first);

        Assert.Equal(0, await AskThousandAsync(first));
        var braked = await CandidateAsync(first);
        Assert.Equal((0.0, "errors"), (braked.Share, braked.Braked));
        Assert.Contains("requests failed", braked.Reason, StringComparison.Ordinal);

        await rollouts.RefreshAsync();
        await rollouts.RefreshAsync();
        Assert.Equal(0, await AskThousandAsync(second));
        var known = await CandidateAsync(second);
        Assert.Equal((braked.Reason, braked.BrakedAt), (known.Reason, known.BrakedAt));
        await candidate.Disposed;
        Assert.Equal(["1"], (await second.Catalog.DescribeAsync("m", CancellationToken.None)).Loaded);
        Assert.Single(Directory.GetFiles(rollouts.PathTo(".verdicts", "rollouts", "m")));
    }

    [Fact]
    public async Task Completed_Braked_IsCountedOnceForAnAlert()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(10);
        await FailUntilBrakedAsync(host);
        await rollouts.RefreshAsync();

        var points = new MetricAggregator(host.Get<ScoringMetrics>()).Collect();

        var braked = Assert.Single(points, point => point.Name == MetricNames.RolloutBraked);
        Assert.Equal(1, braked.Sum);
        Assert.Contains(new(MetricDimensions.Reason, "errors"), braked.Dimensions);
        Assert.Equal(0, Assert.Single(points, point => point.Name == MetricNames.RolloutShare).Sum);
    }

    [Fact]
    public async Task Start_ProcessAfterABrake_DoesNotBeginAnew()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(10);
        await FailUntilBrakedAsync(host);
        await rollouts.RefreshAsync();

        var next = await rollouts.ServeAsync();
        await next.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(0, await AskThousandAsync(next));
        Assert.Equal("errors", (await CandidateAsync(next)).Braked);
    }

    [Fact]
    public async Task Start_AnotherRolloutOfABrakedVersion_BeginsAnew()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(100 / 3.0);
        await FailUntilBrakedAsync(host);
        await rollouts.RefreshAsync();

        await rollouts.BeginAsync(50);

        Assert.NotEqual(0, await AskThousandAsync(host));
        Assert.Null((await CandidateAsync(host)).Braked);
    }

    [Fact]
    public async Task Completed_RecordCannotBeWritten_TheBrakeHoldsHereOverARestartAndIsToldOnceItCan()
    {
        var (host, other) = (await rollouts.ServeAsync(cache: "cache"), await rollouts.ServeAsync());
        await rollouts.BeginAsync(30);
        await File.WriteAllTextAsync(rollouts.PathTo(".verdicts"), "in the way of the folder");
        await FailUntilBrakedAsync(host);
        await rollouts.RefreshAsync();

        Assert.Equal(0, await AskThousandAsync(host));
        Assert.NotEqual(0, await AskThousandAsync(other));
        var restarted = await rollouts.ServeAsync(cache: "cache");
        await restarted.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal("errors", (await CandidateAsync(restarted)).Braked);

        File.Delete(rollouts.PathTo(".verdicts"));
        await host.Catalog.RefreshAsync(CancellationToken.None);
        await other.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(0, await AskThousandAsync(other));
    }

    [Fact]
    public async Task Start_ProcessAfterOneThatDiedBeforeItsBrakeWasTold_TellsIt()
    {
        var other = await rollouts.ServeAsync();
        await rollouts.BeginAsync(30);
        await File.WriteAllTextAsync(rollouts.PathTo(".verdicts"), "in the way of the folder");
        var died = await rollouts.ServeAsync(cache: "cache");
        await died.Catalog.RefreshAsync(CancellationToken.None);
        await FailUntilBrakedAsync(died);
        await died.Catalog.RefreshAsync(CancellationToken.None);

        File.Delete(rollouts.PathTo(".verdicts"));
        var next = await rollouts.ServeAsync(cache: "cache");
        await next.Catalog.RefreshAsync(CancellationToken.None);
        await other.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal("errors", (await CandidateAsync(other)).Braked);
    }

    [Fact]
    public async Task Completed_CallersThatLeaveOrAreTurnedAway_SayNothingOfTheCandidate()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(10);
        for (var visitor = 0; visitor < 1_000; visitor++)
        {
            var subject = $"leaving-{visitor}";
            await AskAsync(host, subject, await AskAsync(host, subject) == "2" ? (visitor % 2 == 0 ? ErrorCode.ClientClosed.Name() : ErrorCode.Overloaded.Name()) : "ok");
        }

        Assert.Null((await CandidateAsync(host)).Braked);
    }
}
