using Microsoft.Extensions.Options;
using Scoring.Batch;
using Scoring.Batch.DuckDb;

namespace Scoring.Tests.Batch.DuckDb;

public sealed class DuckDbLibraryTests : IDisposable
{
    private readonly TestCommon.TemporaryFolder folder = new();

    [Fact]
    public async Task LoadAsync_FileOfOtherContent_IsRefusedWithItsHash()
    {
        File.WriteAllText(folder.PathTo("libduckdb.so"), "no library");

        var refused = await Assert.ThrowsAsync<ScoringException>(() => LoadAsync(folder.PathTo("libduckdb.so")));

        Assert.Equal(ErrorCode.InvalidValue, refused.Code);
        Assert.Contains($"expected {DuckDbLibrary.Sha256}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_NoSuchFile_IsRefusedWithItsPath()
    {
        var refused = await Assert.ThrowsAsync<ScoringException>(() => LoadAsync(folder.PathTo("nothing.so")));

        Assert.Contains(folder.PathTo("nothing.so"), refused.Message, StringComparison.Ordinal);
    }

    // The package's imports name the library; they must find the one that was loaded, wherever it lies.
    [Fact]
    public async Task LoadAsync_Twice_ServesConnections()
    {
        using var library = new DuckDbLibrary(Options.Create(new BatchOptions { DuckDbLibrary = DuckDbFiles.Library }), Options.Create(new ScoringOptions()));

        await library.LoadAsync(CancellationToken.None);
        await library.LoadAsync(CancellationToken.None);

        using var connection = new DuckDbConnection();
        Assert.Equal([["v1.5.6", null, "ä'"]], connection.Query("SELECT version(), NULL, 'ä'''"));
    }

    public void Dispose() => folder.Dispose();

    private static async Task LoadAsync(string path)
    {
        using var library = new DuckDbLibrary(Options.Create(new BatchOptions { DuckDbLibrary = path }), Options.Create(new ScoringOptions()));
        await library.LoadAsync(CancellationToken.None);
    }
}
