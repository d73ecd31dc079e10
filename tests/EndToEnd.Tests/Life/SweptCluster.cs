using EndToEnd.Tests.Batch;
using Scoring.Repository;
using TestCommon;

namespace EndToEnd.Tests.Life;

/// <summary>A <see cref="RolloutCluster"/> whose processes each reach the storage by a way of their own, on which they can be stopped at a request and killed.</summary>
internal sealed class SweptCluster : IAsyncDisposable
{
    private readonly HeldStorage[] ways;

    private SweptCluster(RolloutCluster cluster, HeldStorage[] ways) => (Cluster, this.ways) = (cluster, ways);

    public RolloutCluster Cluster { get; }

    /// <summary>The way of each process, in their order.</summary>
    public IReadOnlyList<HeldStorage> Ways => ways;

    /// <param name="processes">How many.</param>
    /// <param name="settings">Of each process, by its number from 0.</param>
    public static async Task<SweptCluster> StartAsync(int processes, Func<int, (string Name, string Value)[]>? settings = null)
    {
        var storage = await Azurite.StartNewAsync();
        var ways = Enumerable.Range(0, processes).Select(_ => new HeldStorage(storage)).ToArray();
        return new SweptCluster(await RolloutCluster.StartAsync(storage, processes, number => [("Storage", ways[number].ConnectionString), .. settings?.Invoke(number) ?? []]), ways);
    }

    /// <summary>The processes but one.</summary>
    public IReadOnlyList<RunningApp> But(int victim) => [.. Cluster.Apps.Where((_, index) => index != victim)];

    /// <summary>Kills a process at the place where it is stopped. What was stopped ends with it.</summary>
    public async Task KillAsync(int victim)
    {
        await Cluster.Apps[victim].KillAsync();
        ways[victim].Blobs.Release();
        ways[victim].Queues.Release();
    }

    /// <summary>Has version 1 live and nothing rolled out, as the history tells too.</summary>
    public async Task ResetAsync()
    {
        var pointer = await PointerAsync();
        if (pointer.Rollout is not null)
        {
            await Cluster.Tool.AbortAsync("m", CancellationToken.None);
        }

        if (pointer.Version != "1")
        {
            await Cluster.Publisher.GoLiveAsync("m", "1", CancellationToken.None);
        }
    }

    /// <summary>The pointer of the model m.</summary>
    public async Task<LivePointer> PointerAsync() => (await Cluster.Tool.ReadAsync("m", CancellationToken.None)).Pointer;

    /// <summary>Waits until processes do as the pointer says.</summary>
    public async Task SettleAsync(IEnumerable<RunningApp> apps)
    {
        var pointer = await PointerAsync();
        foreach (var app in apps)
        {
            await RolloutCluster.UntilAsync(app, seen => pointer.Rollout is not { } rollout
                ? seen is null
                : seen is not null && (string?)seen["id"] == rollout.Id && ((string?)seen["state"] == "paused") == (rollout.PausedAt is not null) && seen["versions"]![0]!["reason"] is null);
            if (pointer.Rollout is null)
            {
                await Poll.UntilAsync(async () => await RolloutCluster.AskAsync(app, "anyone", 1) == pointer.Version);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        foreach (var way in ways)
        {
            await way.DisposeAsync();
        }
    }
}
