using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Repository;
using Scoring.Tests.Serving;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>What is believed of a disk cache that others can reach.</summary>
public sealed class CacheTrustTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("another content")]
    [InlineData("another version's record")]
    [InlineData("no seal")]
    public async Task LeaseAsync_RecordOfTheIndexNamesOtherContent_IsNotBelieved(string forgery)
    {
        await PublishAsync("m", 1);
        await PublishAsync("other", 10);
        await using (var first = NewHost())
        {
            Assert.Equal(2, (await first.ScoreAsync(1)).Value);
            Assert.Equal(11, (await first.ScoreAsync(1, "other")).Value);
        }

        var index = IndexOf("m");
        var record = await File.ReadAllTextAsync(index);
        var other = await File.ReadAllTextAsync(IndexOf("other"));
        await File.WriteAllTextAsync(index, forgery switch
        {
            "another content" => $"{other[..other.IndexOf('\n', StringComparison.Ordinal)]}{record[record.IndexOf('\n', StringComparison.Ordinal)..]}",
            "no seal" => other[..other.IndexOf('\n', StringComparison.Ordinal)],
            _ => other,
        });
        await using var second = NewHost();

        Assert.Equal(2, (await second.ScoreAsync(1)).Value);
        Assert.Equal(1, second.Log.Count(2003));
    }

    [Fact]
    public async Task LeaseAsync_FileAddedToACachedPackage_IsNotReadAsItsOwn()
    {
        var package = OffsetModel.Write(folder.PathTo("package"), 1);
        File.Delete(Path.Combine(package, "golden.json"));
        var repository = new FolderPackageRepository(folder.PathTo("repository"));
        await new PackagePublisher(repository).PublishAsync(package, "m", null, makeLive: true, CancellationToken.None);
        await using (var first = NewHost())
        {
            await first.ScoreAsync(1);
        }

        var cached = Assert.Single(Directory.GetDirectories(folder.PathTo("cache", "packages")));
        await File.WriteAllTextAsync(Path.Combine(cached, "golden.json"), """{"cases":[]}""");
        await using var second = NewHost();

        Assert.Equal(2, (await second.ScoreAsync(1)).Value);
        Assert.False(File.Exists(Path.Combine(second.Loaded.Of("m")[0].Package.Directory, "golden.json")));
        Assert.Equal(1, second.Log.Count(2011));
    }

    [Fact]
    public async Task LeaseAsync_SameUserAgain_AsksNoRepository()
    {
        await PublishAsync("m", 1);
        await using (var first = NewHost())
        {
            await first.ScoreAsync(1);
        }

        await using var second = NewHost();
        Assert.Equal(2, (await second.ScoreAsync(1)).Value);
        Assert.Equal(0, second.Repository.ModelDownloads);
        Assert.Equal(0, second.Log.Count(2003));
    }

    [Fact]
    public void Fault_OfAFolder_TellsWhoseItIs()
    {
        var own = folder.PathTo("own");
        CacheFolder.CreatePrivate(own);
        var open = Directory.CreateDirectory(folder.PathTo("open")).FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111);
        }

        Directory.CreateSymbolicLink(folder.PathTo("link"), own);

        Assert.Null(OwnFolder.Fault(own));
        Assert.Equal("it is open to other users", OwnFolder.Fault(open));
        Assert.Equal("it is a link", OwnFolder.Fault(folder.PathTo("link")));
    }

    [RootFact]
    public void Roots_DefaultFolderOfAnotherUser_IsLeftAlone()
    {
        var shared = CacheFolder.InTemporary(folder.Root);
        CacheFolder.CreatePrivate(shared);
        using (var change = Process.Start("chown", ["65534", shared]))
        {
            change.WaitForExit();
        }

        var log = new LogCounts();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        using var cache = new CacheFolder(shared, mustBeOwn: true, TimeProvider.System, factory.CreateLogger<CacheFolder>());

        cache.TryWriteRecord("index/a.json", "{}"u8);

        Assert.Equal("{}"u8, cache.TryReadRecord("index/a.json")!);
        Assert.Equal("it belongs to another user", cache.Fault);
        Assert.Equal(1, log.Count(2002));
        Assert.Empty(Directory.EnumerateFileSystemEntries(shared));
        Assert.DoesNotContain(shared, cache.Roots);
    }

    [RootFact]
    public void TryReadRecord_KeyOfAnotherUser_IsReplacedAndItsRecordsAreNotBelieved()
    {
        var root = folder.PathTo("cache");
        using (var theirs = new CacheFolder(root, TimeProvider.System, NullLogger<CacheFolder>.Instance))
        {
            theirs.TryWriteRecord("index/a.json", "{}"u8);
        }

        using (var change = Process.Start("chown", ["65534", Path.Combine(root, "host.key")]))
        {
            change.WaitForExit();
        }

        using var ours = new CacheFolder(root, TimeProvider.System, NullLogger<CacheFolder>.Instance);
        Assert.Null(ours.TryReadRecord("index/a.json"));
        ours.TryWriteRecord("index/a.json", "[]"u8);
        using var later = new CacheFolder(root, TimeProvider.System, NullLogger<CacheFolder>.Instance);
        Assert.Equal("[]"u8, later.TryReadRecord("index/a.json")!);
    }

    private string IndexOf(string model) => Directory.GetFiles(folder.PathTo("cache", "index"), "1.json", SearchOption.AllDirectories).Single(path => path.Contains($"/{model}/", StringComparison.Ordinal));

    private Task<PublishResult> PublishAsync(string model, float offset) =>
        new PackagePublisher(new FolderPackageRepository(folder.PathTo("repository"))).PublishAsync(OffsetModel.Write(folder.PathTo(model), offset), model, null, makeLive: true, CancellationToken.None);

    private CatalogHost NewHost() => new(folder.PathTo("repository"), folder.PathTo("cache"), configure: options => options.Probe = ProbePolicy.Never);
}
