using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Repository.Signing;
using Scoring.Serving.Probing;
using Scoring.Tests.Serving;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>What is believed of a disk cache that others can reach.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CacheTrustTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

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

    [Theory]
    [InlineData("the folder")]
    [InlineData("the folder above")]
    public async Task Roots_NamedFolderThatOthersMayWriteTo_IsUsedWithAWarningAndNotAtAllWhereKeysAreTrusted(string what)
    {
        OwnFolder.Create(folder.PathTo("above", "cache"));
        File.SetUnixFileMode(what == "the folder" ? folder.PathTo("above", "cache") : folder.PathTo("above"), (UnixFileMode)0b111_111_111);
        using var key = SigningKey.Make();
        await using var strict = NewHost(folder.PathTo("above", "cache"), options => options.TrustedKeys = [key.PublicBase64()]);
        await using var loose = NewHost(folder.PathTo("above", "cache"));
        var (closed, open) = (strict.Get<CacheFolder>(), loose.Get<CacheFolder>());

        closed.TryWriteRecord("index/a.json", "{}"u8);
        Assert.Empty(Directory.GetFileSystemEntries(closed.Root));
        Assert.Equal("{}"u8, closed.TryReadRecord("index/a.json")!);
        Assert.Null(OwnFolder.Fault(Assert.Single(closed.Roots)));
        Assert.DoesNotContain(closed.Root, strict.Get<SessionSettings>().CompiledPath!, StringComparison.Ordinal);
        Assert.Equal((1, 0), (strict.Log.Count(2002), strict.Log.Count(2004)));

        open.TryWriteRecord("index/a.json", "{}"u8);
        Assert.True(File.Exists(folder.PathTo("above", "cache", "index", "a.json")));
        Assert.Equal((0, 1), (loose.Log.Count(2002), loose.Log.Count(2004)));
    }

    [Fact]
    public async Task Roots_NamedFolderThatIsNew_IsClosed()
    {
        await using var host = NewHost(folder.PathTo("new", "cache"), options => options.TrustedKeys = []);
        var cache = host.Get<CacheFolder>();

        cache.TryWriteRecord("index/a.json", "{}"u8);

        Assert.All([folder.PathTo("new"), cache.Root, Path.Combine(cache.Root, "index")], path => Assert.Null(OwnFolder.Fault(path)));
        Assert.Equal((0, 0), (host.Log.Count(2002), host.Log.Count(2004)));
    }

    [Theory]
    [InlineData("host.key", "FIFO")]
    [InlineData("index/a.json", "FIFO")]
    [InlineData("host.key", "giant")]
    [InlineData("index/a.json", "giant")]
    public async Task TryReadRecord_WhatIsNoFileOrAGiant_IsNeitherWaitedForNorRead(string name, string kind)
    {
        using var cache = new CacheFolder(folder.PathTo("cache"), TimeProvider.System, NullLogger<CacheFolder>.Instance);
        OwnFolder.Create(folder.PathTo("cache", "index"));
        var path = Path.Combine(cache.Root, name);
        if (kind == "FIFO")
        {
            using var made = Process.Start("mkfifo", ["-m", "600", path]);
            await made.WaitForExitAsync();
        }
        else
        {
            await using var giant = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            giant.SetLength(8L << 30);
        }

        Assert.Null(await Task.Run(() => cache.TryReadRecord("index/a.json")).WaitAsync(Patience));
        await Task.Run(() => cache.TryWriteRecord("index/a.json", "[]"u8)).WaitAsync(Patience);

        using var later = new CacheFolder(cache.Root, TimeProvider.System, NullLogger<CacheFolder>.Instance);
        Assert.Equal("[]"u8, later.TryReadRecord("index/a.json")!);
    }

    [Fact]
    public async Task FindDeadAsync_FifoAmongTheMarks_IsNotWaitedFor()
    {
        await using var host = NewHost();
        OwnFolder.Create(folder.PathTo("cache", "loading", "00"));
        using var made = Process.Start("mkfifo", [folder.PathTo("cache", "loading", "00", "1.json")]);
        await made.WaitForExitAsync();

        Assert.Empty(await Task.Run(() => host.Get<CrashMarkers>().FindDeadAsync("00", null, askContainer: false, CancellationToken.None)).WaitAsync(Patience));
    }

    [RootFact]
    public void Roots_DefaultFolderOfAnotherUser_IsLeftAlone()
    {
        var shared = CacheFolder.InTemporary(folder.Root);
        OwnFolder.Create(shared);
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

    private CatalogHost NewHost() => NewHost(folder.PathTo("cache"));

    private CatalogHost NewHost(string cache, Action<ScoringOptions>? configure = null) => new(folder.PathTo("repository"), cache, configure: options =>
    {
        options.Probe = ProbePolicy.Never;
        configure?.Invoke(options);
    });
}
