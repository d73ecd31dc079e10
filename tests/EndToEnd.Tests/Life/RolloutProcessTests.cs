using Xunit.Abstractions;

namespace EndToEnd.Tests.Life;

/// <summary>Rollouts over processes that are killed and a storage that goes away: a good version gets everywhere, a bad one is braked everywhere.</summary>
public sealed class RolloutProcessTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [Fact]
    public async Task Rollout_TwoProcessesAKillAndAnOutage_AFailingVersionIsBrakedOnBoth()
    {
        await using var cluster = await RolloutCluster.StartAsync(processes: 2);
        await cluster.OfferAsync("2", max: 50);
        await cluster.BeginAsync("2", Long, shadow: 0, 30);
        var who = await cluster.WhoAsync();
        Assert.InRange(who.Values.Count(version => version == "2"), 10, 50);

        await cluster.KillAsync(0);
        await RolloutCluster.UntilAsync(cluster.Apps[^1], seen => seen?["versions"]![0]!["reason"] is null && seen is not null);
        Assert.Equal(who.Order(), (await cluster.WhoAsync()).Order());
        await cluster.Storage.StopAsync();
        Assert.Equal(who.Order(), (await cluster.WhoAsync()).Order());
        await cluster.Storage.StartAsync();

        Assert.StartsWith("errors: ", await cluster.AskUntilBrakedAsync(_ => 100), StringComparison.Ordinal);
        Assert.All((await cluster.WhoAsync()).Values, version => Assert.Equal("1", version));
    }

    [Fact]
    [Trait("Category", "Proof")]
    public async Task Rollout_ThreeProcesses_EachKindOfVersionEndsAsItShould()
    {
        await using var cluster = await RolloutCluster.StartAsync(processes: 3);

        // 1. A failing one, killed into and with the storage away while it is seen.
        await cluster.OfferAsync("2", max: 50);
        await cluster.BeginAsync("2", Long, shadow: 0, 20);
        await cluster.KillAsync(1);
        await cluster.Storage.StopAsync();
        for (var visitor = 0; visitor < 100; visitor++)
        {
            await RolloutCluster.AskAsync(cluster.Apps[0], $"early-{visitor}", 100);
        }

        await cluster.Storage.StartAsync();
        await TellAsync(cluster, "errors", "failing", _ => 100);

        // 2. A slow one.
        await cluster.OfferAsync("3", work: 4_000_000);
        await cluster.BeginAsync("3", Long, shadow: 0, 30);
        await TellAsync(cluster, "latency", "slow", request => request);

        // 3. One that answers otherwise, in the shadow alone.
        await cluster.OfferAsync("4", offset: 400);
        await cluster.BeginAsync("4", Long, shadow: 100, 0);
        await TellAsync(cluster, "disagreement", "flipping", request => request);

        // 4. A good one, step by step while each process is killed once.
        await cluster.OfferAsync("5");
        await cluster.BeginAsync("5", TimeSpan.FromSeconds(20), shadow: 0, 10, 50, 100);
        for (var process = 0; process < 3; process++)
        {
            await cluster.KillAsync(0);
        }

        foreach (var app in cluster.Apps)
        {
            await RolloutCluster.UntilAsync(app, seen => seen?["state"]?.GetValue<string>() == "at_last_step" && seen["versions"]![0]!["reason"] is null);
        }

        Assert.All((await cluster.WhoAsync()).Values, version => Assert.Equal("5", version));
        await cluster.Tool.FinishAsync("m", null, CancellationToken.None);
        foreach (var app in cluster.Apps)
        {
            await RolloutCluster.UntilAsync(app, seen => seen is null);
        }

        Assert.All((await cluster.WhoAsync()).Values, version => Assert.Equal("5", version));
        output.WriteLine("good: every visitor on every process by version 5 at the last step and after finish, each process killed once");
    }

    private async Task TellAsync(RolloutCluster cluster, string reason, string kind, Func<int, double> x)
    {
        var braked = await cluster.AskUntilBrakedAsync(x);
        Assert.StartsWith($"{reason}: ", braked, StringComparison.Ordinal);
        Assert.All((await cluster.WhoAsync()).Values, version => Assert.Equal("1", version));
        output.WriteLine($"{kind}: braked on all processes, {braked}");
    }
}
