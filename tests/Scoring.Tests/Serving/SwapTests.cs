using Microsoft.Extensions.Time.Testing;
using TestCommon;

namespace Scoring.Tests.Serving;

/// <summary>The live pointer moves while a process serves. Folder repositories; the same code runs on blobs in <see cref="CatalogLoadTests"/>.</summary>
public sealed class SwapTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CatalogHost host;

    public SwapTests() => host = new CatalogHost(folder.PathTo("repository"), folder.PathTo("cache"));

    public void Dispose()
    {
        host.DisposeAsync().AsTask().GetAwaiter().GetResult();
        folder.Dispose();
    }

    [Fact]
    public async Task RefreshAsync_PointerMoved_NewLeasesGetTheNewVersionAndOldOnesKeepTheirs()
    {
        await PublishAsync(1);
        using var old = await host.Catalog.LeaseAsync("m", null, CancellationToken.None);
        await PublishAsync(2);

        Assert.Equal(("1", 11.0), await host.ScoreAsync(10));
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(("2", 12.0), await host.ScoreAsync(10));
        Assert.Equal(11.0, CatalogHost.Score(old.Model, 10));
        Assert.Equal(["1", "2"], (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Loaded);
    }

    [Fact]
    public async Task RefreshAsync_LastLeaseOfTheOldVersionEnds_ItIsDisposed()
    {
        await PublishAsync(1);
        var lease = await host.Catalog.LeaseAsync("m", null, CancellationToken.None);
        var old = host.Loaded.Of("m")[0];
        await PublishAsync(2);
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.False(old.Disposed.IsCompleted);
        lease.Dispose();

        await old.Disposed;
        Assert.Equal(["2"], host.Loaded.Of("m").Select(v => v.Package.Version));
    }

    [Fact]
    public async Task RefreshAsync_PointerUnmoved_NothingIsLoadedOrDownloaded()
    {
        await PublishAsync(1);
        await host.ScoreAsync(1);
        await host.Catalog.RefreshAsync(CancellationToken.None);
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(1, host.Sessions);
        Assert.Equal(1, host.Repository.ModelDownloads);
    }

    [Fact]
    public async Task RefreshAsync_RolledBack_ThePreviousVersionAnswersFromTheDiskCache()
    {
        await PublishAsync(1);
        await host.ScoreAsync(1);
        await PublishAsync(2);
        await host.Catalog.RefreshAsync(CancellationToken.None);
        var change = await host.Publisher.RollBackAsync("m", CancellationToken.None);

        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(("2", "1"), (change.From, change.To));
        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
        Assert.Equal(2, host.Repository.ModelDownloads);
    }

    [Fact]
    public async Task LeaseAsync_VersionNamed_IsLoadedBesideTheLiveOneAndTheLiveOneIsShared()
    {
        await PublishAsync(1);
        await PublishAsync(2);

        Assert.Equal(("2", 3.0), await host.ScoreAsync(1));
        Assert.Equal(("1", 2.0), await host.ScoreAsync(1, version: "1"));
        Assert.Equal(("2", 3.0), await host.ScoreAsync(1, version: "2"));
        Assert.Equal(2, host.Sessions);
    }

    [Theory]
    [InlineData("{\"version\":\"9\"}", "names version 9")]
    [InlineData("{\"version\":\"latest\"}", "'latest'")]
    [InlineData("{\"version\":3}", "is not a live pointer")]
    [InlineData("not json", "is not a live pointer")]
    public async Task RefreshAsync_PointerToNowhereOrGarbage_OldVersionServesAndTheReasonShows(string pointer, string reason)
    {
        await PublishAsync(1);
        await host.ScoreAsync(1);
        File.WriteAllText(folder.PathTo("repository", "m", "live.json"), pointer);

        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
        var status = await host.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Contains(reason, status.Refused?.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, status.Remark, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "sha256")]
    [InlineData(-1, "bytes")]
    public async Task RefreshAsync_BlobAlteredOrCutShort_OldVersionServesUntilTheFilesAreMended(int change, string reason)
    {
        await PublishAsync(1);
        await host.ScoreAsync(1);
        await PublishAsync(2);
        var model = folder.PathTo("repository", "m", "2", "model.onnx");
        var good = await File.ReadAllBytesAsync(model);
        var bad = change > 0 ? [.. good] : good[..^1];
        bad[50] ^= (byte)(change > 0 ? 1 : 0);
        await File.WriteAllBytesAsync(model, bad);

        await host.Catalog.RefreshAsync(CancellationToken.None);
        var downloads = host.Repository.ModelDownloads;
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal("1", (await host.ScoreAsync(1)).Version);
        Assert.Equal(downloads, host.Repository.ModelDownloads);
        var refused = (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Refused;
        Assert.Equal("2", refused?.Version);
        Assert.Contains(reason, refused?.Reason, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(model, good);
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(("2", 3.0), await host.ScoreAsync(1));
    }

    [Fact]
    public async Task RefreshAsync_HalfUploadedVersion_OldVersionServesUntilTheRestArrives()
    {
        await PublishAsync(1);
        await host.ScoreAsync(1);
        OffsetModel.Write(folder.PathTo("v2"), 2);
        Directory.CreateDirectory(folder.PathTo("repository", "m", "2"));
        File.Copy(folder.PathTo("v2", "model.json"), folder.PathTo("repository", "m", "2", "model.json"));
        File.WriteAllText(folder.PathTo("repository", "m", "live.json"), "{\"version\":\"2\"}");

        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal("1", (await host.ScoreAsync(1)).Version);
        Assert.Contains("incomplete", (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Refused?.Reason, StringComparison.Ordinal);

        File.Copy(folder.PathTo("v2", "model.onnx"), folder.PathTo("repository", "m", "2", "model.onnx"));
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(("2", 3.0), await host.ScoreAsync(1));
    }

    [Fact]
    public async Task LeaseAsync_NewProcessAndALiveVersionThatIsGarbage_TheLastGoodOneAnswers()
    {
        await PublishAsync(1);
        await host.ScoreAsync(1);
        await PublishAsync(2);
        File.WriteAllText(folder.PathTo("repository", "m", "2", "model.onnx"), "garbage");

        await using var next = new CatalogHost(folder.PathTo("repository"), folder.PathTo("another-cache"));

        Assert.Equal(("1", 2.0), await next.ScoreAsync(1));
        var status = await next.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Equal(("2", "1", "2"), (status.LiveVersion, status.Version, status.Refused?.Version));
    }

    [Fact]
    public async Task RefreshAsync_FolderWithoutPointer_HighestVersionAnswersAndChangedFilesAreNoticed()
    {
        OffsetModel.Write(folder.PathTo("repository", "m", "9"), 9);
        Assert.Equal(("9", 10.0), await host.ScoreAsync(1));

        OffsetModel.Write(folder.PathTo("repository", "m", "10"), 10);
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(("10", 11.0), await host.ScoreAsync(1));

        OffsetModel.Write(folder.PathTo("repository", "m", "10"), 20);
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(("10", 21.0), await host.ScoreAsync(1));
    }

    [Fact]
    public async Task LeaseAsync_ClockJumpedBack_CachedPointerIsConfirmedFirst()
    {
        await PublishAsync(1);
        var time = new FakeTimeProvider();
        await using (var first = new CatalogHost(folder.PathTo("repository"), folder.PathTo("cache"), time: time))
        {
            await first.ScoreAsync(1);
        }

        await PublishAsync(2);
        time.AdjustTime(time.GetUtcNow().AddDays(-400));
        await using var second = new CatalogHost(folder.PathTo("repository"), folder.PathTo("cache"), time: time);
        Assert.Equal("2", (await second.ScoreAsync(1)).Version);

        time.AdjustTime(time.GetUtcNow().AddDays(800));
        await second.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal("2", (await second.ScoreAsync(1)).Version);
    }

    private async Task PublishAsync(int offset) =>
        await host.Publisher.PublishAsync(OffsetModel.Write(folder.PathTo($"v{offset}"), offset), "m", null, makeLive: true, CancellationToken.None);
}
