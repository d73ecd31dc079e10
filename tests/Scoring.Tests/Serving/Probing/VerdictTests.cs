using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Probing;
using TestCommon;

namespace Scoring.Tests.Serving.Probing;

/// <summary>Verdicts and crash markers between machines: each host has a disk of its own, and real blob storage in common.</summary>
public sealed class VerdictTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Lease_AnotherMachinePassedTheProbe_NoneHere()
    {
        await using (var first = NewHost("a"))
        {
            await PublishAsync(first, OffsetModel.Write(folder.PathTo("v1"), 11));
            await first.ScoreAsync(1);
            Assert.Equal(1, first.Log.Count(2050));
        }

        await using var second = NewHost("b");
        Assert.Equal(12.0, (await second.ScoreAsync(1)).Value);
        Assert.Equal(0, second.Log.Count(2050));
        Assert.True(second.Loaded.Of("m")[0].Memory.Bytes > 0);
    }

    [Fact]
    public async Task Refresh_AnotherMachineRefused_RefusedHereUntilTheVerdictIsForgotten()
    {
        await using var first = await ServingAsync("a", 21);
        await using var second = await ServingAsync("b", 21);
        await PublishAsync(first, OffsetModel.Write(folder.PathTo("v2"), 22, goldenError: 1));
        await first.Catalog.RefreshAsync(CancellationToken.None);
        await second.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(0, second.Log.Count(2050));
        var refused = (await second.Catalog.DescribeAsync("m", CancellationToken.None)).Refused;
        Assert.Equal(("2", RefusalKind.Golden), (refused?.Version, refused?.Kind));

        var content = (await second.Publisher.ContentHashAsync("m", "2", CancellationToken.None))!;
        await second.Get<VerdictStore>().ForgetAsync(content, CancellationToken.None);
        await second.Publisher.GoLiveAsync("m", "2", CancellationToken.None);
        await second.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(1, second.Log.Count(2050));
    }

    [Fact]
    public async Task Lease_VerdictsOfAnotherRuntimeOrProcessor_AreNone()
    {
        await using var host = NewHost("a");
        await PublishAsync(host, OffsetModel.Write(folder.PathTo("v1"), 31));
        var content = (await host.Publisher.ContentHashAsync("m", "1", CancellationToken.None))!;
        var report = new ProbeReport(RefusalKind.Crash, "elsewhere", TimeSpan.Zero, 0, TimeSpan.Zero, 0, 0);
        await host.Get<VerdictStore>().SaveAsync(new Verdict(content, "0.0.1", "abacus", DateTimeOffset.UnixEpoch, report), CancellationToken.None);

        Assert.Equal(32.0, (await host.ScoreAsync(1)).Value);
        Assert.Equal(1, host.Log.Count(2050));
    }

    [Fact]
    public async Task Refresh_AProcessDiedWhileLoading_TheNextServesTheLastGoodVersionAndSaysWhy()
    {
        await using (var first = await ServingAsync("a", 41))
        {
            await PublishAsync(first, OffsetModel.Write(folder.PathTo("v2"), 42));
            await LeaveMarkAsync(first, "2");
        }

        await using var next = NewHost("a", o => o.CachedPointerLifetime = TimeSpan.Zero);
        Assert.Equal("1", (await next.ScoreAsync(1)).Version);
        var status = await next.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Equal(("2", RefusalKind.Marker), (status.Refused?.Version, status.Refused?.Kind));
        Assert.Contains("A process died while loading version 2 of 'm'", status.Remark, StringComparison.Ordinal);

        await next.Publisher.GoLiveAsync("m", "2", CancellationToken.None);
        await next.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal("2", (await next.ScoreAsync(1)).Version);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Lease_ProcessesDiedWhileLoadingTheOnlyVersion_ProbedAndTriedAgainUntilTheThird(int deaths, bool isServed)
    {
        await using var host = NewHost("a");
        await PublishAsync(host, OffsetModel.Write(folder.PathTo("v1"), 50 + deaths));
        for (var death = 0; death < deaths; death++)
        {
            await LeaveMarkAsync(host, "1");
        }

        if (isServed)
        {
            Assert.Equal("1", (await host.ScoreAsync(1)).Version);
            Assert.Equal(1, host.Log.Count(2050));
        }
        else
        {
            var failure = await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync(1));
            Assert.Contains("3 processes died", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("without a key")]
    [InlineData("another key")]
    [InlineData("for other content")]
    public async Task Lease_VerdictThatTheHostKeyDidNotSeal_IsNotBelieved(string forgery)
    {
        const string Key = "a key of this test's hosts";
        await using var host = NewHost("a", options => options.HostKey = Key);
        await PublishAsync(host, OffsetModel.Write(folder.PathTo("v1"), 71, goldenError: 1));
        var content = (await host.Publisher.ContentHashAsync("m", "1", CancellationToken.None))!;
        var path = $"{content}/{ProbeEnvironment.Current.Key}.json";
        var passed = new Verdict(content, ProbeEnvironment.Current.OnnxRuntime, ProbeEnvironment.Current.Processor, DateTimeOffset.UnixEpoch, new ProbeReport(null, null, TimeSpan.Zero, 1, TimeSpan.Zero, 0, 0), HasServed: true).ToJson();
        var forged = forgery switch
        {
            "without a key" => passed,
            "another key" => CacheSeal.OfSecret("another").Close(path, passed),
            _ => CacheSeal.OfSecret(Key).Close("0000/other.json", passed),
        };
        await host.Get<VerdictContainer>().WriteAsync(path, forged, CancellationToken.None);

        var failure = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1));

        Assert.Contains("another prediction", failure.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (host.Log.Count(2061), host.Log.Count(2050)));
    }

    [Fact]
    public async Task Lease_VerdictThatTheDiskHasFromBeforeTheHostKey_IsNotBelieved()
    {
        await using (var before = NewHost("a"))
        {
            await PublishAsync(before, OffsetModel.Write(folder.PathTo("v1"), 91, goldenError: 1));
            var content = (await before.Publisher.ContentHashAsync("m", "1", CancellationToken.None))!;
            var passed = new Verdict(content, ProbeEnvironment.Current.OnnxRuntime, ProbeEnvironment.Current.Processor, DateTimeOffset.UnixEpoch, new ProbeReport(null, null, TimeSpan.Zero, 1, TimeSpan.Zero, 0, 0), HasServed: true).ToJson();
            await before.Get<VerdictContainer>().WriteAsync($"{content}/{ProbeEnvironment.Current.Key}.json", passed, CancellationToken.None);
            await before.ScoreAsync(1);
        }

        await using var host = NewHost("a", options => options.HostKey = "a key of this test's hosts");
        var failure = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1));

        Assert.Contains("another prediction", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, host.Log.Count(2050));
    }

    [Fact]
    public async Task Lease_VerdictOfAnotherMachineWithTheHostKey_IsBelieved()
    {
        await using (var first = NewHost("a", options => options.HostKey = "a key of this test's hosts"))
        {
            await PublishAsync(first, OffsetModel.Write(folder.PathTo("v1"), 81));
            await first.ScoreAsync(1);
        }

        await using var second = NewHost("b", options => options.HostKey = "a key of this test's hosts");
        Assert.Equal(82.0, (await second.ScoreAsync(1)).Value);
        Assert.Equal((0, 0), (second.Log.Count(2050), second.Log.Count(2061)));
    }

    [Fact]
    public async Task Dispose_DuringALoad_TakesItsMarkAlong()
    {
        await using var host = NewHost("a");
        await PublishAsync(host, OffsetModel.Write(folder.PathTo("v1"), 61));
        await host.ScoreAsync(1);
        var package = host.Loaded.Of("m")[0].Package;
        var markers = new CrashMarkers(host.Get<VerdictContainer>(), host.Get<Scoring.Repository.CacheFolder>(), TimeProvider.System);
        await markers.PlaceAsync(package, null, inContainer: true, CancellationToken.None);
        Assert.Single(Marks(package.ContentHash));

        markers.Dispose();
        Assert.Empty(Marks(package.ContentHash));
    }

    [Fact]
    public async Task Lease_VerdictsCannotBeReached_ProbesHereAndServes()
    {
        await using var host = new CatalogHost(
            folder.PathTo("repository"), folder.PathTo("cache"), "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=AAAA;BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;");
        OffsetModel.Write(folder.PathTo("repository", "m", "1"), 1);

        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
        Assert.Equal(1, host.Log.Count(2060));
        Assert.Equal(1, host.Log.Count(2050));
    }

    // As a process would that died: the mark of one that has ended already.
    private static async Task LeaveMarkAsync(CatalogHost host, string version)
    {
        using var dead = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        await dead.WaitForExitAsync();
        var content = (await host.Publisher.ContentHashAsync("m", version, CancellationToken.None))!;
        var state = (await host.Repository.ReadLiveAsync("m", null, CancellationToken.None)).State!;
        var now = TimeProvider.System.GetUtcNow();
        var marker = new LoadMarker("m", version, content, Environment.MachineName, dead.Id, now - TimeSpan.FromMinutes(1), now, state.Tag);
        var json = marker.ToJson();
        // Its patience is a server's; a busy test machine may take longer for the first write.
        var path = $"loading/{content}/{Guid.NewGuid():N}.json";
        var isWritten = false;
        for (var attempt = 0; attempt < 5 && !isWritten; attempt++)
        {
            isWritten = await host.Get<VerdictContainer>().WriteAsync(path, json, CancellationToken.None);
        }

        Assert.True(isWritten);
    }

    private IEnumerable<string> Marks(string content) =>
        new BlobContainerClient(azurite.ConnectionString, VerdictContainer.Name).GetBlobs(BlobTraits.None, BlobStates.None, $"loading/{content}/", CancellationToken.None).Select(b => b.Name);

    private async Task<CatalogHost> ServingAsync(string machine, int offset)
    {
        var host = NewHost(machine);
        await PublishAsync(host, OffsetModel.Write(folder.PathTo("v1"), offset));
        await host.ScoreAsync(1);
        return host;
    }

    private static async Task PublishAsync(CatalogHost host, string package) =>
        await host.Publisher.PublishAsync(package, "m", null, makeLive: true, CancellationToken.None);

    // Containers are the test's own: its temporary folder has a unique name.
    private CatalogHost NewHost(string machine, Action<ScoringOptions>? configure = null) =>
        new($"{azurite.BlobEndpoint}/{Path.GetFileName(folder.Root).ToLowerInvariant()}", folder.PathTo("disk", machine), azurite.ConnectionString, configure);
}
