using System.Globalization;
using System.Text;
using Scoring.Repository;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Life;

/// <summary>The command line killed at each of its requests to the storage: a rollout is there whole or not at all, the same command again ends well, and no visitor is dealt anew.</summary>
public sealed class ToolKillTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Category", "Proof")]
    public async Task Rollout_ToolKilledAtEachRequest_TheSameCommandAgainEndsWell()
    {
        await using var swept = await SweptCluster.StartAsync(processes: 3);
        await swept.Cluster.OfferAsync("2");
        await using var way = new HeldStorage(swept.Cluster.Storage);
        var figures = new List<string>();
        var answered = 0L;
        foreach (var phase in Phases())
        {
            // 1. How many requests it makes where nobody kills it.
            await PrepareAsync(swept, phase);
            var before = way.Blobs.Seen.Count;
            using (var whole = ToolProcess.Start(way.ConnectionString, phase.Arguments))
            {
                var (code, said, errors) = await whole.EndedAsync();
                Assert.True(code == 0, $"{phase.Name}: {said}{errors}");
            }

            var requests = way.Blobs.Seen.Count - before;
            Assert.True(phase.IsDone(await swept.PointerAsync()), phase.Name);

            // Seen by every process: one that reads the pointer late would have a visitor go back in the first kill.
            await swept.SettleAsync(swept.Cluster.Apps);

            // 2. Killed before and after each of them.
            for (var request = 1; request <= requests; request++)
            {
                answered += await KillAsync(swept, way, phase, request, isCarriedOut: false);
                answered += await KillAsync(swept, way, phase, request, isCarriedOut: true);
            }

            figures.Add($"{phase.Name} {2 * requests}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"tool killed at every request ({string.Join(", ", figures)} kills): each second call ended well, {answered:#,0} good requests on 3 processes answered meanwhile"));
    }

    [Fact]
    [Trait("Category", "Proof")]
    public async Task Publish_ToolKilledAtEachRequest_TheSameCommandAgainPublishesTheWholeVersion()
    {
        await using var swept = await SweptCluster.StartAsync(processes: 1);
        await using var way = new HeldStorage(swept.Cluster.Storage);
        var (requests, offset) = (0, 100);

        // The first time to its end, which tells how many there are.
        for (var request = 0; request <= requests; request++)
        {
            foreach (var isCarriedOut in (bool[])[false, true])
            {
                var package = swept.Cluster.Package(++offset);
                var before = way.Blobs.Seen.Count;
                var held = way.Blobs.HoldAsync(_ => true, request == 0 ? int.MaxValue : request, isCarriedOut);
                using (var killed = ToolProcess.Start(way.ConnectionString, "publish", package, "--name", "m", "--no-live", "--no-check"))
                {
                    await Task.WhenAny(held, killed.EndedAsync());
                    await killed.KillAsync();
                }

                way.Blobs.Release();
                requests = Math.Max(requests, way.Blobs.Seen.Count - before);
                using var again = ToolProcess.Start(swept.Cluster.Storage.ConnectionString, "publish", package, "--name", "m", "--no-live", "--no-check", "--json");
                var (code, said, errors) = await again.EndedAsync();
                Assert.True(code == 0, $"request {request}: {said}{errors}");

                // A process that is asked for the version has the whole of it.
                var version = (string)System.Text.Json.Nodes.JsonNode.Parse(said)!["version"]!;
                using var answer = await swept.Cluster.Apps[0].PostAsync($"api/score/m/{version}", """{"instances":[{"x":1}]}""");
                Assert.Contains($"\"value\":{offset + 1}", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                Assert.Equal("1", (await swept.PointerAsync()).Version);
            }
        }

        output.WriteLine($"publish killed at every request ({2 * requests} kills): each second call published the whole version, and the live one stayed");
    }

    private static async Task PrepareAsync(SweptCluster swept, ToolPhase phase)
    {
        await swept.ResetAsync();
        if (phase.IsUnderWay)
        {
            await swept.Cluster.Tool.StartAsync("m", Rollout.Create([new RolloutArm("2", [30])], TimeSpan.Zero, DateTimeOffset.UtcNow), CancellationToken.None);
        }

        if (phase.IsPaused)
        {
            await swept.Cluster.Tool.PauseAsync("m", CancellationToken.None);
        }

        await swept.SettleAsync(swept.Cluster.Apps);
    }

    private static async Task<long> KillAsync(SweptCluster swept, HeldStorage way, ToolPhase phase, int request, bool isCarriedOut)
    {
        var where = $"{phase.Name}, request {request}, {(isCarriedOut ? "carried out" : "not carried out")}";
        await PrepareAsync(swept, phase);
        var (prepared, told) = (Json(await swept.PointerAsync()), await ToldAsync(swept, phase));
        await using var load = new VisitorLoad(swept.Cluster.Apps);
        var held = way.Blobs.HoldAsync(_ => true, request, isCarriedOut);
        using (var killed = ToolProcess.Start(way.ConnectionString, phase.Arguments))
        {
            Assert.True(await Task.WhenAny(held, killed.EndedAsync()) == held, $"{where}: it ended");
            await killed.KillAsync();
        }

        way.Blobs.Release();
        var half = await swept.PointerAsync();
        Assert.True(phase.IsDone(half) || Json(half) == prepared, $"{where}: {Json(half)}");

        using var again = ToolProcess.Start(swept.Cluster.Storage.ConnectionString, phase.Arguments);
        var (code, said, errors) = await again.EndedAsync();
        Assert.True(code == 0, $"{where}: {said}{errors}");
        var done = await swept.PointerAsync();
        Assert.True(phase.IsDone(done) && (!phase.IsDone(half) || Json(half) == Json(done)), $"{where}: {Json(half)} became {Json(done)}");
        Assert.True(await ToldAsync(swept, phase) == told + 1, $"{where}: told {await ToldAsync(swept, phase) - told} times");
        await swept.SettleAsync(swept.Cluster.Apps);
        return await load.StopAsync();
    }

    private static async Task<int> ToldAsync(SweptCluster swept, ToolPhase phase) =>
        (await swept.Cluster.Repository.ReadHistoryAsync("m", CancellationToken.None)).Count(entry => entry.Action == phase.Action && (phase.Action != HistoryEntry.Live || entry.Version == "2"));

    private static string Json(LivePointer pointer) => Encoding.UTF8.GetString(pointer.ToJson());

    private static IEnumerable<ToolPhase> Phases() =>
    [
        new("rollout", ["rollout", "m", "2", "--steps", "30%,60%", "--every", "1h"], HistoryEntry.RolloutStarted, pointer => pointer is { Version: "1", Rollout: { Arms: [{ Version: "2", Steps: [30, 60] }], PausedAt: null } }),
        new("weights", ["rollout", "m", "--weights", "1=60,2=40"], HistoryEntry.RolloutStarted, pointer => pointer is { Version: "1", Rollout.Arms: [{ Version: "2", Steps: [40] }] }),
        new("pause", ["rollout", "pause", "m"], HistoryEntry.RolloutPaused, pointer => pointer.Rollout?.PausedAt is not null) { IsUnderWay = true },
        new("resume", ["rollout", "resume", "m"], HistoryEntry.RolloutResumed, pointer => pointer.Rollout is { PausedAt: null }) { IsUnderWay = true, IsPaused = true },
        new("finish", ["rollout", "finish", "m", "2"], HistoryEntry.Live, pointer => pointer is { Version: "2", Rollout: null }) { IsUnderWay = true },
        new("abort", ["rollout", "abort", "m"], HistoryEntry.RolloutAborted, pointer => pointer is { Version: "1", Rollout: null }) { IsUnderWay = true },
    ];

    /// <summary>A command, what the history is to tell of it, and how the pointer is once it was done.</summary>
    private sealed record ToolPhase(string Name, string[] Arguments, string Action, Func<LivePointer, bool> IsDone)
    {
        public bool IsUnderWay { get; init; }

        public bool IsPaused { get; init; }
    }
}
