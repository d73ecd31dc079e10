using Scoring.Repository;
using TestCommon;
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
        Assert.Equal(who.OrderBy(pair => pair.Key), (await cluster.WhoAsync()).OrderBy(pair => pair.Key));
        await cluster.Storage.StopAsync();
        Assert.Equal(who.OrderBy(pair => pair.Key), (await cluster.WhoAsync()).OrderBy(pair => pair.Key));
        await cluster.Storage.StartAsync();

        Assert.StartsWith("errors: ", await cluster.AskUntilBrakedAsync(_ => 100), StringComparison.Ordinal);
        Assert.All((await cluster.WhoAsync()).Values, version => Assert.Equal("1", version));

        // What each process counted is there for `rollout status` once it ends in order.
        var found = new List<System.Text.Json.Nodes.JsonNode>();
        foreach (var app in cluster.Apps)
        {
            await app.StopAsync();
        }

        await foreach (var blob in new Azure.Storage.Blobs.BlobContainerClient(cluster.Storage.ConnectionString, "verdicts").GetBlobsAsync(
            Azure.Storage.Blobs.Models.BlobTraits.None, Azure.Storage.Blobs.Models.BlobStates.None, "requests/m/", CancellationToken.None))
        {
            var content = await new Azure.Storage.Blobs.BlobClient(cluster.Storage.ConnectionString, "verdicts", blob.Name).DownloadContentAsync();
            found.AddRange(System.Text.Json.Nodes.JsonNode.Parse(content.Value.Content.ToString())!["versions"]!.AsArray().OfType<System.Text.Json.Nodes.JsonNode>());
        }

        foreach (var (version, least) in ((string, int)[])[("1", 0), ("2", 1)])
        {
            var counts = found.Where(each => (string)each["version"]! == version).ToList();
            Assert.InRange(counts.Count, cluster.Apps.Count, cluster.Apps.Count + 1);
            Assert.InRange(counts.Sum(each => (int)each["failed"]!), least, counts.Sum(each => (int)each["requests"]!));
        }
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

        // 4. An overconfident one, by what came true.
        var shop = new ShopVisitors(cluster);
        await shop.BeginAsync();
        var overconfident = await shop.VisitUntilBrakedAsync();
        Assert.Contains("outcomes", overconfident, StringComparison.Ordinal);
        output.WriteLine($"overconfident: braked on all processes, {overconfident}");

        // 5. A good one, step by step while each process is killed once.
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

    [CompilerFact]
    [Trait("Category", "Proof")]
    public async Task Rollout_ThreeProcessesWhoseClocksAreAMinuteApart_AgreeOnceTheStepCameForAllAndBrakeTogether()
    {
        using var clocks = new ApartClock();
        await using var cluster = await RolloutCluster.StartAsync(processes: 3, process => clocks.Ahead(((int[])[0, 20, 60])[process]));
        await cluster.OfferAsync("2", max: 50);

        // The second step has come for the clock that is a minute ahead, and is to come for the others.
        var start = DateTimeOffset.UtcNow - Long + TimeSpan.FromSeconds(55);
        await cluster.BeginAsync("m", Rollout.Create([new RolloutArm("2", [10, 60])], Long, start));
        Assert.Equal((int[])[1, 1, 2], await Task.WhenAll(cluster.Apps.Select(StepAsync)));
        var (behind, ahead) = (await ByCandidateAsync(cluster.Apps[0]), await ByCandidateAsync(cluster.Apps[2]));
        Assert.Superset(behind, ahead);
        Assert.InRange(ahead.Count, behind.Count + 20, 80);

        // Once it came for all, each visitor finds the same version everywhere.
        foreach (var app in cluster.Apps)
        {
            await RolloutCluster.UntilAsync(app, seen => seen?["step"]?.GetValue<int>() == 2);
        }

        Assert.Equal(ahead, (await cluster.WhoAsync()).Where(pair => pair.Value == "2").Select(pair => pair.Key).ToHashSet());
        await TellAsync(cluster, "errors", "failing, clocks a minute apart", _ => 100);

        static async Task<int> StepAsync(RunningApp app) =>
            (int)System.Text.Json.Nodes.JsonNode.Parse(await app.Client.GetStringAsync(new Uri("api/models/m", UriKind.Relative)))!["rollout"]!["step"]!;

        static async Task<ISet<string>> ByCandidateAsync(RunningApp app)
        {
            var visitors = new HashSet<string>();
            for (var visitor = 0; visitor < 100; visitor++)
            {
                if (await RolloutCluster.AskAsync(app, $"regular-{visitor}", 1) == "2")
                {
                    visitors.Add($"regular-{visitor}");
                }
            }

            return visitors;
        }
    }

    private async Task TellAsync(RolloutCluster cluster, string reason, string kind, Func<int, double> x)
    {
        var braked = await cluster.AskUntilBrakedAsync(x);
        Assert.StartsWith($"{reason}: ", braked, StringComparison.Ordinal);
        Assert.All((await cluster.WhoAsync()).Values, version => Assert.Equal("1", version));
        output.WriteLine($"{kind}: braked on all processes, {braked}");
    }
}
