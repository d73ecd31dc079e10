using Scoring.Serving;
using TestCommon;

namespace Scoring.Tests.Serving;

/// <summary>What the versions of a model say of runs and line: the live version's word holds.</summary>
public sealed class LiveOptionsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CatalogHost host;

    public LiveOptionsTests() => host = new CatalogHost(folder.PathTo("repository"), folder.PathTo("cache"), configure: options => options.Probe = ProbePolicy.Never);

    public void Dispose()
    {
        host.DisposeAsync().AsTask().GetAwaiter().GetResult();
        folder.Dispose();
    }

    [Fact]
    public async Task LineOf_VersionAskedByNumber_LeavesTheLiveVersionsLimits()
    {
        await PublishAsync(1, "");
        await PublishAsync(2, "\"maxConcurrentRuns\":1,\"maxQueued\":0,");
        using var live = await host.Catalog.LeaseAsync("m", null, CancellationToken.None);
        using var old = await host.Catalog.LeaseAsync("m", "1", CancellationToken.None);
        Gate.LineOf(live.Model);

        var line = Gate.LineOf(old.Model);

        Assert.Equal((1, 0), (line.MaxRuns, line.MaxQueued));
    }

    [Fact]
    public async Task LineOf_VersionAskedByNumberBeforeTheLiveOneRan_ItsOwnLimitsHoldUntilThen()
    {
        await PublishAsync(1, "\"maxConcurrentRuns\":2,");
        await PublishAsync(2, "\"maxConcurrentRuns\":1,");
        using var old = await host.Catalog.LeaseAsync("m", "1", CancellationToken.None);
        Assert.Equal(2, Gate.LineOf(old.Model).MaxRuns);
        using var live = await host.Catalog.LeaseAsync("m", null, CancellationToken.None);

        Gate.LineOf(live.Model);

        Assert.Equal(1, Gate.LineOf(old.Model).MaxRuns);
    }

    [Fact]
    public async Task LineOf_FirstRunOfAVersionThatWasLive_LeavesTheLiveVersionsLimits()
    {
        await PublishAsync(1, "");
        using var before = await host.Catalog.LeaseAsync("m", null, CancellationToken.None);
        await PublishAsync(2, "\"maxConcurrentRuns\":1,");
        await host.Catalog.RefreshAsync(CancellationToken.None);
        using var live = await host.Catalog.LeaseAsync("m", null, CancellationToken.None);
        Assert.Equal(1, Gate.LineOf(live.Model).MaxRuns);

        Assert.Equal(1, Gate.LineOf(before.Model).MaxRuns);
    }

    private RunGate Gate => host.Get<RunGate>();

    // Options begin the object: each ends with a comma.
    private async Task PublishAsync(int offset, string options)
    {
        var package = OffsetModel.Write(folder.PathTo($"v{offset}"), offset);
        var config = Path.Combine(package, "model.json");
        File.WriteAllText(config, "{" + options + File.ReadAllText(config)[1..]);
        await host.Publisher.PublishAsync(package, "m", null, makeLive: true, CancellationToken.None);
    }
}
