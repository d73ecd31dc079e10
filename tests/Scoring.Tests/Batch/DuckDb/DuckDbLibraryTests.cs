using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Scoring.Batch;
using Scoring.Batch.DuckDb;
using Scoring.Repository;

namespace Scoring.Tests.Batch.DuckDb;

[UnsupportedOSPlatform("windows")]
public sealed class DuckDbLibraryTests : IDisposable
{
    private readonly TestCommon.TemporaryFolder folder = new();
    private readonly CacheFolder cache;

    public DuckDbLibraryTests() => cache = new CacheFolder(folder.PathTo("cache"), TimeProvider.System, NullLogger<CacheFolder>.Instance);

    [Fact]
    public async Task LoadAsync_FileOfOtherContent_IsRefusedWithItsHash()
    {
        File.WriteAllText(folder.PathTo("libduckdb.so"), "no library");

        var refused = await Assert.ThrowsAsync<ScoringException>(() => LoadAsync(folder.PathTo("libduckdb.so")));

        Assert.Equal(ErrorCode.InvalidValue, refused.Code);
        Assert.Contains($"expected {DuckDbLibrary.Sha256}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_NoSuchFile_IsRefusedWithItsNameAlone()
    {
        var refused = await Assert.ThrowsAsync<ScoringException>(() => LoadAsync(folder.PathTo("nothing.so")));

        Assert.Contains("'nothing.so'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(folder.Root, refused.Message, StringComparison.Ordinal);
    }

    // The package's imports name the library; they must find the one that was loaded, wherever it lies.
    [Fact]
    public async Task LoadAsync_Twice_ServesConnections()
    {
        using var library = new DuckDbLibrary(Options.Create(new BatchOptions { DuckDbLibrary = DuckDbFiles.Library }), cache);

        await library.LoadAsync(CancellationToken.None);
        await library.LoadAsync(CancellationToken.None);

        using var connection = new DuckDbConnection();
        Assert.Equal([["v1.5.6", null, "ä'"]], connection.Query("SELECT version(), NULL, 'ä'''"));
    }

    // What was checked may be another file by the time it is loaded.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FindAsync_WhereOthersMayWrite_IsACopyThatTheyCannotReach(bool isNamed)
    {
        var path = folder.PathTo("open", "duckdb", DuckDbLibrary.Sha256, DuckDbLibrary.FileName);
        OwnFolder.Create(Path.GetDirectoryName(path)!);
        File.Copy(DuckDbFiles.Library, path);
        var closed = await FindAsync(isNamed, path);
        File.SetUnixFileMode(folder.PathTo("open"), (UnixFileMode)0b111_111_111);
        var copy = await FindAsync(isNamed, path);

        Assert.Equal(path, closed);
        Assert.DoesNotContain(folder.Root, copy, StringComparison.Ordinal);
        Assert.Null(OwnFolder.Exposure(copy));
        Assert.Equal(new FileInfo(path).Length, new FileInfo(copy).Length);
        File.Delete(copy);
    }

    [Fact]
    public async Task FindAsync_FileInTheCacheThatWasCutShort_IsNotKept()
    {
        var path = folder.PathTo("open", "duckdb", DuckDbLibrary.Sha256, DuckDbLibrary.FileName);
        OwnFolder.Create(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "cut");

        var refused = await Assert.ThrowsAsync<ScoringException>(() => FindAsync(isNamed: false, path));

        Assert.Contains("no source is configured", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task FindAsync_SourceWithOtherContent_IsRefusedAndNotKept()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            await stream.ReadAtLeastAsync(new byte[16], 16);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nevil"u8.ToArray());
        });
        using var library = new DuckDbLibrary(Options.Create(new BatchOptions { DuckDbSource = new Uri($"http://{listener.LocalEndpoint}/libduckdb.so?secret") }), cache);

        var refused = await Assert.ThrowsAsync<ScoringException>(() => library.FindInCacheAsync(CancellationToken.None));
        await answering;

        Assert.Contains($"expected {DuckDbLibrary.Sha256}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(folder.Root, refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder.Root, "*", SearchOption.AllDirectories));
    }

    public void Dispose()
    {
        cache.Dispose();
        folder.Dispose();
    }

    private async Task<string> FindAsync(bool isNamed, string path)
    {
        using var open = new CacheFolder(folder.PathTo("open"), TimeProvider.System, NullLogger<CacheFolder>.Instance);
        using var library = new DuckDbLibrary(Options.Create(new BatchOptions { DuckDbLibrary = isNamed ? path : null }), open);
        return isNamed ? await library.FindAsync(CancellationToken.None) : await library.FindInCacheAsync(CancellationToken.None);
    }

    private async Task LoadAsync(string path)
    {
        using var library = new DuckDbLibrary(Options.Create(new BatchOptions { DuckDbLibrary = path }), cache);
        await library.LoadAsync(CancellationToken.None);
    }
}
