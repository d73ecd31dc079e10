using Scoring.Serving;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Serving;

/// <summary>What unloads when models share a process. Each version's table counts 1.5 times, plus 4 MiB.</summary>
public sealed class MemoryBudgetTests : IDisposable
{
    private const int TableBytes = 4 << 20;
    private const long BudgetForTwo = 25L << 20;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task LeaseAsync_NoRoom_TheModelUsedLongestAgoUnloads()
    {
        await using var host = Host(o => o.MemoryBudgetBytes = BudgetForTwo);
        await host.ScoreAsync(1, "a");
        await host.ScoreAsync(1, "b");
        await host.ScoreAsync(1, "a");
        await host.ScoreAsync(1, "c");

        Assert.Single(host.Loaded.Of("a"));
        Assert.Empty(host.Loaded.Of("b"));
        Assert.Equal(("1", 2.0), await host.ScoreAsync(1, "b"));
        Assert.InRange(host.Loaded.UsedBytes, 1, BudgetForTwo);
    }

    [Fact]
    public async Task LeaseAsync_NoRoomAndAllInUse_UnavailableUntilALeaseEnds()
    {
        await using var host = Host(o => o.MemoryBudgetBytes = BudgetForTwo);
        var a = await host.Catalog.LeaseAsync("a", null, CancellationToken.None);
        using var b = await host.Catalog.LeaseAsync("b", null, CancellationToken.None);

        var failure = await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync(1, "c"));
        Assert.Equal(ErrorCode.ModelUnavailable, failure.Code);
        Assert.Contains("memory budget", failure.Message, StringComparison.Ordinal);

        a.Dispose();
        Assert.Equal(("1", 2.0), await CatalogLoadTests.RetryAsync(() => host.ScoreAsync(1, "c")));
        Assert.Equal(2.0, CatalogHost.Score(b.Model, 1));
    }

    [Fact]
    public async Task RefreshAsync_NoRoomForTwoVersions_TheOldOneServesAndTheStateIsReported()
    {
        await using var host = Host(o => o.MemoryBudgetBytes = BudgetForTwo / 2);
        await host.ScoreAsync(1, "a");
        OffsetModel.Write(folder.PathTo("repository", "a", "2"), 2, TableBytes);

        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal("1", (await host.ScoreAsync(1, "a")).Version);
        var status = await host.Catalog.DescribeAsync("a", CancellationToken.None);
        Assert.Equal("2", status.LiveVersion);
        Assert.Contains("memory budget", status.Remark, StringComparison.Ordinal);
        Assert.Null(status.Refused);
    }

    [Fact]
    public async Task LeaseAsync_MoreVersionsNamedThanAllowed_TheOneUsedLongestAgoUnloads()
    {
        await using var host = Host(o => o.MaxVersionsOnDemand = 2);
        for (var version = 2; version <= 5; version++)
        {
            OffsetModel.Write(folder.PathTo("repository", "a", $"{version}"), version);
        }

        foreach (var version in new[] { "5", "1", "2", "1", "3" })
        {
            await host.ScoreAsync(1, "a", version);
        }

        Assert.Equal(["1", "3"], host.Loaded.Of("a").Select(v => v.Package.Version).Order());
    }

    [Fact]
    public async Task Add_VersionThatWasUnloadedOnItsWay_IsTakenOutAndDoesNotCount()
    {
        await using var host = Host(_ => { });
        await host.ScoreAsync(1, "a");
        var version = host.Loaded.Of("a")[0];
        Assert.True(version.TryRetireIdle());
        await version.Disposed;

        ServedVersion? gone = null;
        host.Loaded.Add(version, isOnDemand: false, isKept: false, evicted => gone = evicted);

        Assert.Same(version, gone);
        Assert.Empty(host.Loaded.Of("a"));
    }

    [Fact]
    public async Task LeaseAsync_NoRoomBesideAModelThatRunsMadeGrow_ThatOneUnloads()
    {
        // On its way each element of the input becomes a thousand floats, and the arena keeps their room.
        const int Rows = 20_000;
        const long Grown = Rows * 1000L * sizeof(float);
        new GraphBuilder().Input("x", DataType.Float, "rows", 1).Floats("ones", [1, 1000], [.. Enumerable.Repeat(1f, 1000)]).Longs("axis", [1], 1)
            .Node("Mul", ["x", "ones"], ["wide"]).Node("ReduceSum", ["wide", "axis"], ["y"])
            .Output("y", DataType.Float, "rows", 1).Save(folder.PathTo("repository", "wide", "1"));
        File.WriteAllText(folder.PathTo("repository", "wide", "1", "model.json"), """{"maxRows":1000000}""");
        await using var host = Host(o => o.MemoryBudgetBytes = Grown);
        await host.ScoreAsync(1, "a");
        using (var lease = await host.Catalog.LeaseAsync("wide", null, CancellationToken.None))
        {
            Assert.InRange(host.Loaded.UsedBytes, 1, Grown / 2);
            using var batch = lease.Model.RentBatch();
            for (var row = 0; row < Rows; row++)
            {
                batch.TryAdd("[1]"u8, new FaultList(), null);
            }

            batch.Run(CancellationToken.None);
            Assert.InRange(host.Loaded.UsedBytes, Grown, long.MaxValue);
        }

        // At once: a second later it has given the memory back by itself.
        host.Loaded.Reserve("b", "1", new ModelMemory(TableBytes, 0), beside: null);

        Assert.Empty(host.Loaded.Of("wide"));
        Assert.InRange(host.Loaded.UsedBytes, 1, Grown / 2);
    }

    [Theory]
    [InlineData(1L << 30, "needs about 2048 MiB: DeviceMemoryBytes, the budget of the device's memory, is 1024 MiB")]
    [InlineData(2L << 30, "'cuda' cannot be registered")]
    [InlineData(0, "'cuda' cannot be registered")]
    public async Task LeaseAsync_LimitOfTheProvider_IsHeldAgainstTheBudgetOfTheDevice(long budget, string reason)
    {
        await using var host = Host(o => (o.DeviceMemoryBytes, o.Probe) = (budget, ProbePolicy.Never));
        File.WriteAllText(folder.PathTo("repository", "a", "1", "model.json"), """{"session":{"providers":["cuda","cpu"],"providerOptions":{"cuda":{"gpu_mem_limit":2147483648} } } }""");

        var failure = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1, "a"));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    private CatalogHost Host(Action<ScoringOptions> configure)
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            OffsetModel.Write(folder.PathTo("repository", name, "1"), 1, TableBytes);
        }

        return new CatalogHost(folder.PathTo("repository"), folder.PathTo("cache"), configure: configure);
    }
}
