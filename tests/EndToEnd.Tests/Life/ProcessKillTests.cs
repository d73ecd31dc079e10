using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using EndToEnd.Tests.Batch;
using Scoring.Repository;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Life;

/// <summary>
/// A serving process killed in every phase of a rollout, at each request that it makes to the storage meanwhile. The others answer every request and send no visitor back, and the process comes back as
/// they are. A brake once made is honoured by all.
/// </summary>
public sealed class ProcessKillTests(ITestOutputHelper output)
{
    private const int Victim = 0;

    // Of the requests of a phase. What follows is the same two of each refresh.
    private const int MostRequests = 10;

    private int failing;

    [Fact]
    public async Task Brake_KilledBeforeItIsTold_IsHonouredAndToldByTheNextProcess()
    {
        await using var swept = await SweptCluster.StartAsync(processes: 1);
        await swept.Cluster.OfferAsync("3", max: 50);
        await BrakeKilledAsync(swept, Victim, IsWritten, isCarriedOut: false);
    }

    [Fact]
    [Trait("Category", "Proof")]
    public async Task Rollout_ProcessKilledInEveryPhase_TheOthersGoOnAndItComesBackAsTheyAre()
    {
        await using var swept = await SweptCluster.StartAsync(processes: 3);
        await swept.Cluster.OfferAsync("2");
        var figures = new List<string>();
        var (answered, marked) = (0L, 0);
        foreach (var (name, prepare, change) in Phases(swept))
        {
            await swept.ResetAsync();
            await prepare();
            await swept.SettleAsync(swept.Cluster.Apps);
            var before = swept.Ways[Victim].Blobs.Seen.Count;
            await change();
            await swept.SettleAsync(swept.Cluster.Apps);
            var requests = Math.Clamp(swept.Ways[Victim].Blobs.Seen.Count - before, 2, MostRequests);
            for (var kill = 0; kill < 2 * requests; kill++)
            {
                await swept.ResetAsync();
                await prepare();
                await swept.SettleAsync(swept.Cluster.Apps);
                await using var load = new VisitorLoad(swept.But(Victim));
                var held = swept.Ways[Victim].Blobs.HoldAsync(_ => true, (kill / 2) + 1, isCarriedOut: kill % 2 == 1);
                await change();
                await held;
                await swept.KillAsync(Victim);
                await swept.SettleAsync(swept.But(Victim));
                await swept.Cluster.RestartAsync(Victim);
                marked += await AskForAnotherTryAsync(swept) ? 1 : 0;
                await swept.SettleAsync(swept.Cluster.Apps);
                answered += await load.StopAsync();
                await swept.Cluster.WhoAsync();
            }

            figures.Add($"{name} {2 * requests}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"process killed in every phase ({string.Join(", ", figures)} kills): {answered:#,0} good requests on the other 2 answered, no visitor went back, all 3 agreed after each, {marked} times once somebody asked for another try of a version that a process died of"));
    }

    [Fact]
    [Trait("Category", "Proof")]
    public async Task Brake_ProcessKilledAtEachRequestOfIt_AllHonourIt()
    {
        await using var swept = await SweptCluster.StartAsync(processes: 3);
        await swept.Cluster.OfferAsync("3", max: 50);
        var (kills, answered) = (0, 0L);

        // 1. The one that sees it, while the container is missing, which takes three requests; and as it reads what it created.
        foreach (var isCarriedOut in (bool[])[false, true])
        {
            for (var request = 1; request <= 3; request++)
            {
                await KillAsync(Victim, IsWritten, request, isCarriedOut, isContainerMissing: true);
            }

            await KillAsync(Victim, IsReadAfter(), 1, isCarriedOut);
        }

        // 2. One that learns of it. 3. The one that sees it while the storage is away from it.
        await KillAsync(1, IsOfBrakes, 1, isCarriedOut: false);
        await KillAsync(1, IsOfBrakes, 1, isCarriedOut: true);
        await KillAsync(Victim, isMeant: null, 0, isCarriedOut: false);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"brake: {kills} kills around its record, one with the storage away: honoured by all 3 after each, {answered:#,0} good requests on the other 2 answered"));

        async Task KillAsync(int victim, Func<string, bool>? isMeant, int request, bool isCarriedOut, bool isContainerMissing = false)
        {
            kills++;
            answered += await BrakeKilledAsync(swept, victim, isMeant, isCarriedOut, request, isContainerMissing);
        }
    }

    // A process that is killed as it loads a version leaves a mark, by which the next one on its disk leaves the version alone until somebody moves the pointer.
    private static async Task<bool> AskForAnotherTryAsync(SweptCluster swept)
    {
        if ((await swept.PointerAsync()).Rollout is not { } rollout)
        {
            return false;
        }

        var isMarked = false;
        await RolloutCluster.UntilAsync(swept.Cluster.Apps[Victim], seen =>
        {
            var reason = (string?)seen?["versions"]![0]!["reason"];
            isMarked = reason?.Contains("died while loading", StringComparison.Ordinal) == true;
            return isMarked || (seen is not null && reason is null);
        });
        if (isMarked)
        {
            Func<string, CancellationToken, Task> pause = swept.Cluster.Tool.PauseAsync;
            Func<string, CancellationToken, Task> resume = swept.Cluster.Tool.ResumeAsync;
            await (rollout.PausedAt is null ? pause : resume)("m", CancellationToken.None);
            await (rollout.PausedAt is null ? resume : pause)("m", CancellationToken.None);
        }

        return isMarked;
    }

    private static bool IsOfBrakes(string line) => line.Contains("/verdicts", StringComparison.Ordinal);

    private static bool IsWritten(string line) => line.StartsWith("PUT ", StringComparison.Ordinal) && IsOfBrakes(line);

    private static Func<string, bool> IsReadAfter()
    {
        var isCreated = false;
        return line =>
        {
            var isMeant = isCreated && IsOfBrakes(line);
            isCreated |= IsWritten(line);
            return isMeant;
        };
    }

    // Has version 3 fail on process 0 until it is braked, and kills a process at a request; without one, once the brake shows though the storage is away. Gives the good requests answered by the others.
    private async Task<long> BrakeKilledAsync(SweptCluster swept, int victim, Func<string, bool>? isMeant, bool isCarriedOut, int request = 1, bool isContainerMissing = false)
    {
        await swept.ResetAsync();
        var rollout = Rollout.Create([new RolloutArm("3", [30])], TimeSpan.Zero, DateTimeOffset.UtcNow);
        await swept.Cluster.Tool.StartAsync("m", rollout, CancellationToken.None);
        await swept.SettleAsync(swept.Cluster.Apps);
        if (isContainerMissing)
        {
            await new BlobContainerClient(swept.Cluster.Storage.ConnectionString, "verdicts").DeleteIfExistsAsync();
        }

        await using var load = new VisitorLoad(swept.But(victim));
        var (way, isSeer) = (swept.Ways[victim].Blobs, victim == Victim);
        way.IsAway = !isSeer || isMeant is null;
        var held = isMeant is null ? null : way.HoldAsync(isMeant, request, isCarriedOut);
        await FailUntilAsync(swept.Cluster.Apps[Victim], async seer => isSeer && held is not null ? held.IsCompleted : await IsBrakedAsync(seer));
        if (!isSeer)
        {
            // It was cut off while the other saw it, so that it is stopped as it learns of it.
            await RolloutCluster.UntilAsync(swept.Cluster.Apps[2], seen => seen?["versions"]![0]!["braked"] is not null);
            way.IsAway = false;
            await held!;
        }

        await swept.KillAsync(victim);
        way.IsAway = false;
        await swept.Cluster.RestartAsync(victim);
        foreach (var app in swept.Cluster.Apps)
        {
            await RolloutCluster.UntilAsync(app, seen => seen?["versions"]![0]!["braked"] is not null);
        }

        var record = new BlobClient(swept.Cluster.Storage.ConnectionString, "verdicts", $"rollouts/m/{rollout.Id}-3.json");
        await Poll.UntilAsync(async () => (await record.ExistsAsync()).Value);
        Assert.All((await swept.Cluster.WhoAsync()).Values, version => Assert.Equal("1", version));
        return await load.StopAsync();
    }

    private async Task FailUntilAsync(RunningApp seer, Func<RunningApp, Task<bool>> isReached)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        while (!await isReached(seer))
        {
            await RolloutCluster.AskAsync(seer, $"failing-{failing++}", 100);
            Assert.False(limit.IsCancellationRequested, "Nobody braked the version, or the process was not stopped.");
        }
    }

    private static async Task<bool> IsBrakedAsync(RunningApp app) =>
        JsonNode.Parse(await app.Client.GetStringAsync(new Uri("api/models/m", UriKind.Relative)))!["rollout"]?["versions"]![0]!["braked"] is not null;

    private static IEnumerable<(string Name, Func<Task> Prepare, Func<Task> Change)> Phases(SweptCluster swept)
    {
        var tool = swept.Cluster.Tool;
        return
        [
            ("start", () => Task.CompletedTask, () => BeginAsync(TimeSpan.Zero, DateTimeOffset.UtcNow, 30)),
            ("weights", () => Task.CompletedTask, () => BeginAsync(TimeSpan.Zero, DateTimeOffset.UtcNow, 50)),
            ("step", () => BeginAsync(TimeSpan.FromHours(1), DateTimeOffset.UtcNow - TimeSpan.FromHours(1) + Soon, 10, 60), StepAsync),
            ("pause", () => BeginAsync(TimeSpan.FromHours(1), DateTimeOffset.UtcNow, 30, 60), () => tool.PauseAsync("m", CancellationToken.None)),
            ("resume", PausedAsync, () => tool.ResumeAsync("m", CancellationToken.None)),
            ("finish", () => BeginAsync(TimeSpan.Zero, DateTimeOffset.UtcNow, 30), () => tool.FinishAsync("m", null, CancellationToken.None)),
            ("abort", () => BeginAsync(TimeSpan.Zero, DateTimeOffset.UtcNow, 30), () => tool.AbortAsync("m", CancellationToken.None)),
        ];

        Task BeginAsync(TimeSpan every, DateTimeOffset start, params double[] steps) =>
            tool.StartAsync("m", Rollout.Create([new RolloutArm("2", steps)], every, start), CancellationToken.None);

        async Task PausedAsync()
        {
            await BeginAsync(TimeSpan.FromHours(1), DateTimeOffset.UtcNow, 30, 60);
            await tool.PauseAsync("m", CancellationToken.None);
        }

        // The clock takes it, and nobody does anything.
        Task StepAsync() => RolloutCluster.UntilAsync(swept.Cluster.Apps[1], seen => (int?)seen?["step"] == 2);
    }

    // Long enough to see the step before.
    private static TimeSpan Soon => TimeSpan.FromSeconds(2);
}
