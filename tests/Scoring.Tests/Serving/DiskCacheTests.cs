using TestCommon;

namespace Scoring.Tests.Serving;

/// <summary>What becomes of the disk cache while models are served from it.</summary>
public sealed class DiskCacheTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("cut short")]
    [InlineData("one bit flipped")]
    [InlineData("a file gone")]
    [InlineData("manifest garbage")]
    public async Task Lease_CachedPackageDamaged_IsNoticedAndFetchedAgain(string damage)
    {
        Publish(1);
        await using (var first = NewHost())
        {
            await first.ScoreAsync(1);
        }

        var package = Assert.Single(Directory.GetDirectories(folder.PathTo("cache", "packages")));
        var model = Path.Combine(package, "model.onnx");
        var content = await File.ReadAllBytesAsync(model);
        switch (damage)
        {
            case "cut short":
                await File.WriteAllBytesAsync(model, content[..^10]);
                break;
            case "one bit flipped":
                content[40] ^= 1;
                await File.WriteAllBytesAsync(model, content);
                break;
            case "a file gone":
                File.Delete(Path.Combine(package, "model.json"));
                break;
            default:
                await File.WriteAllTextAsync(Path.Combine(package, "manifest.json"), "{");
                break;
        }

        await using var second = NewHost();
        Assert.Equal(("1", 2.0), await second.ScoreAsync(1));
        Assert.Equal(1, second.Repository.ModelDownloads);
        Assert.Equal(1, second.Log.Count(2011));
    }

    [Fact]
    public async Task Lease_SeveralProcessesFillOneCacheAtOnce_AllServeAndOnePackageRemains()
    {
        Publish(1, tableBytes: 8 << 20);
        var hosts = Enumerable.Range(0, 4).Select(_ => NewHost()).ToList();
        var gate = new TaskCompletionSource();
        hosts.ForEach(h => h.Repository.BeforeDownload = gate.Task);

        var answers = hosts.Select(h => h.ScoreAsync(1)).ToList();
        gate.SetResult();

        Assert.All(await Task.WhenAll(answers), a => Assert.Equal(("1", 2.0), a));
        Assert.Single(Directory.GetDirectories(folder.PathTo("cache", "packages")));
        Assert.Empty(Directory.GetDirectories(folder.PathTo("cache", "temp")));
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Lease_CacheFolderCannotExist_ServesFromAPrivateFolderThatIsDeleted()
    {
        Publish(1);
        await File.WriteAllTextAsync(folder.PathTo("cache"), "a file where the folder should be");
        var host = NewHost();
        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
        var directory = host.Loaded.Of("m")[0].Package.Directory;
        Assert.True(Directory.Exists(directory));
        Assert.Contains(host.Log.Texts, t => t.Contains("cannot be written", StringComparison.Ordinal));

        await host.DisposeAsync();
        Assert.False(Directory.Exists(directory));
    }

    [RootMountFact]
    public async Task Lease_CacheIsReadOnlyAndWarm_ServesFromIt()
    {
        Publish(1);
        using var disk = new SmallDisk(folder.PathTo("cache"), 16 << 20);
        await using (var first = NewHost())
        {
            await first.ScoreAsync(1);
        }

        disk.MakeReadOnly();
        await using var second = NewHost();
        Assert.Equal(("1", 2.0), await second.ScoreAsync(1));
        Assert.Equal(0, second.Repository.ModelDownloads);

        Publish(2);
        await second.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(("2", 3.0), await second.ScoreAsync(1));
    }

    [RootMountFact]
    public async Task Refresh_DiskFull_FallsBackAndTheNewVersionAnswers()
    {
        Publish(1);
        using var disk = new SmallDisk(folder.PathTo("cache"), 4 << 20);
        await using var host = NewHost();
        await host.ScoreAsync(1);

        Publish(2, tableBytes: 8 << 20);
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(("2", 3.0), await host.ScoreAsync(1));
        Assert.Contains(host.Log.Texts, t => t.Contains("No space left", StringComparison.Ordinal));
    }

    [RootMountFact]
    public async Task Lease_DiskFullOfOldPackages_TheyMakeRoom()
    {
        Publish(1, tableBytes: 8 << 20);
        using var disk = new SmallDisk(folder.PathTo("cache"), 16 << 20);
        await using (var first = NewHost())
        {
            await first.ScoreAsync(1);
        }

        var old = Assert.Single(Directory.GetDirectories(folder.PathTo("cache", "packages")));
        Directory.SetLastWriteTimeUtc(old, File.GetLastWriteTimeUtc(old) - TimeSpan.FromHours(1));
        Publish(2, tableBytes: 9 << 20);

        await using var second = new CatalogHost(folder.PathTo("repository"), folder.PathTo("cache"), configure: o => o.CachedPointerLifetime = TimeSpan.Zero);
        Assert.Equal(("2", 3.0), await second.ScoreAsync(1));
        Assert.StartsWith(folder.PathTo("cache"), second.Loaded.Of("m")[0].Package.Directory, StringComparison.Ordinal);
        Assert.False(Directory.Exists(old));
    }

    [Fact(Timeout = 60_000)]
    public async Task Lease_CacheOverItsLimit_PackagesUsedLongestAgoGo()
    {
        Publish(1, tableBytes: 2 << 20);
        Publish(2, tableBytes: 2 << 20);
        await using (var first = NewHost())
        {
            await first.ScoreAsync(1, version: "1");
        }

        var old = Assert.Single(Directory.GetDirectories(folder.PathTo("cache", "packages")));
        Directory.SetLastWriteTimeUtc(old, File.GetLastWriteTimeUtc(old) - TimeSpan.FromHours(1));
        await using var second = new CatalogHost(folder.PathTo("repository"), folder.PathTo("cache"), configure: o => o.CacheBytes = 3 << 20);
        await second.ScoreAsync(1);

        // Swept beside the answer.
        while (Directory.Exists(old))
        {
            await Task.Delay(5);
        }

        Assert.Single(Directory.GetDirectories(folder.PathTo("cache", "packages")));
    }

    private void Publish(int version, int tableBytes = sizeof(float)) =>
        OffsetModel.Write(folder.PathTo("repository", "m", $"{version}"), version, tableBytes);

    private CatalogHost NewHost() => new(folder.PathTo("repository"), folder.PathTo("cache"));
}
