using Azure.Storage.Blobs;
using Scoring.Outcomes.Reading;
using TestCommon;

namespace Scoring.Tests.Outcomes;

/// <summary>Joining of files, in a folder and in the emulator's container.</summary>
public sealed class OutcomeCompactorTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private static readonly OutcomeQuery Query = new("intent", OutcomeText.Start.AddDays(-1), OutcomeText.Start.AddDays(30));
    private static readonly LaterTime NextDay = new(new DateTimeOffset(2026, 3, 3, 0, 15, 0, TimeSpan.Zero));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Compact_DayThatIsOver_LeavesOneFileWithAllLines()
    {
        var files = WriteFolder(5);

        Assert.Equal(5, await new OutcomeCompactor(files, NextDay).CompactAsync("intent", CancellationToken.None));

        Assert.Single(await files.ListAsync("intent", CancellationToken.None));
        Assert.Equal((5, 5L), await CountAsync(files));
        Assert.Equal(0, await new OutcomeCompactor(files, NextDay).CompactAsync("intent", CancellationToken.None));
    }

    [Fact]
    public async Task Compact_DayThatIsNotOver_IsLeftAloneUntilItHasManyFiles()
    {
        var files = WriteFolder(OutcomeCompactor.MaxLoose - 1);
        var early = new OutcomeCompactor(files, new LaterTime(NextDay.Now.AddSeconds(-1)));
        Assert.Equal(0, await early.CompactAsync("intent", CancellationToken.None));

        OutcomeText.Write(folder.Root, "one-more", [OutcomeText.Line(-1, 0.8, 1)]);
        Assert.Equal(OutcomeCompactor.MaxLoose, await early.CompactAsync("intent", CancellationToken.None));

        Assert.Equal((OutcomeCompactor.MaxLoose, (long)OutcomeCompactor.MaxLoose), await CountAsync(files));
    }

    [Fact]
    public async Task Compact_ProcessDiesBeforeItDeletes_LinesCountOnceAndTheNextTidiesUp()
    {
        var files = WriteFolder(4);
        await Assert.ThrowsAsync<OperationCanceledException>(() => new OutcomeCompactor(new DyingFiles(files), NextDay).CompactAsync("intent", CancellationToken.None));
        Assert.Equal((4, 8L), await CountAsync(files));

        await new OutcomeCompactor(files, NextDay).CompactAsync("intent", CancellationToken.None);

        Assert.Single(await files.ListAsync("intent", CancellationToken.None));
        Assert.Equal(4, (await CountAsync(files)).Receipts);
    }

    [Fact]
    public async Task Compact_TornLine_SpoilsNoOther()
    {
        var line = OutcomeText.Line(8, 0.8, 1);
        OutcomeText.Write(folder.Root, "a", [OutcomeText.Line(1, 0.8, 1), line[..40]], end: "");
        OutcomeText.Write(folder.Root, "b", [OutcomeText.Line(2, 0.8, 1)], end: "");
        var files = new FolderOutcomeFiles(folder.Root);

        await new OutcomeCompactor(files, NextDay).CompactAsync("intent", CancellationToken.None);

        var reading = await new OutcomeReader(files).ReadAsync(Query, CancellationToken.None);
        Assert.Equal((2, 1L), (Assert.Single(reading.Groups).Rows.Count, reading.Damaged));
    }

    [Fact]
    public async Task Compact_SeveralAtOnceInAContainer_LoseNothing()
    {
        var container = new BlobContainerClient(azurite.ConnectionString, "outcomes");
        await container.CreateIfNotExistsAsync();
        for (var file = 0; file < 20; file++)
        {
            await container.GetBlobClient($"intent/3/2026-03-02/{file}.jsonl").UploadAsync(BinaryData.FromString(OutcomeText.Line(file, 0.8, 1) + "\n"));
        }

        var files = new BlobOutcomeFiles(() => container);
        var joined = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => new OutcomeCompactor(files, NextDay).CompactAsync("intent", CancellationToken.None)));
        Assert.Contains(20, joined);
        Assert.Equal(20, (await CountAsync(files)).Receipts);

        // Those that came too late to the same day, and whatever three at once have left.
        await container.GetBlobClient("intent/3/2026-03-02/late.jsonl").UploadAsync(BinaryData.FromString(OutcomeText.Line(99, 0.8, 1) + "\n"));
        await new OutcomeCompactor(files, NextDay).CompactAsync("intent", CancellationToken.None);
        Assert.Equal(21, (await CountAsync(files)).Receipts);
        Assert.Single(await files.ListAsync("intent", CancellationToken.None));
    }

    [Fact]
    public async Task List_NoContainer_IsEmpty() =>
        Assert.Empty(await new BlobOutcomeFiles(() => new BlobContainerClient(azurite.ConnectionString, "never-made")).ListAsync("intent", CancellationToken.None));

    private static async Task<(int Receipts, long Lines)> CountAsync(IOutcomeFiles files)
    {
        var reading = await new OutcomeReader(files).ReadAsync(Query, CancellationToken.None);
        return (Assert.Single(reading.Groups).Rows.Count, reading.Lines);
    }

    private FolderOutcomeFiles WriteFolder(int count)
    {
        for (var file = 0; file < count; file++)
        {
            OutcomeText.Write(folder.Root, $"{file}", [OutcomeText.Line(file, 0.8, 1)]);
        }

        return new FolderOutcomeFiles(folder.Root);
    }

    /// <summary>A process that ends when it is to delete.</summary>
    private sealed class DyingFiles(IOutcomeFiles files) : IOutcomeFiles
    {
        public string Location => files.Location;

        public Task<IReadOnlyList<OutcomeFile>> ListAsync(string model, CancellationToken cancellationToken) => files.ListAsync(model, cancellationToken);

        public Task<Stream?> OpenAsync(OutcomeFile file, long offset, CancellationToken cancellationToken) => files.OpenAsync(file, offset, cancellationToken);

        public Task<bool> WriteAsync(string path, Stream content, CancellationToken cancellationToken) => files.WriteAsync(path, content, cancellationToken);

        public Task DeleteAsync(string path, CancellationToken cancellationToken) => throw new OperationCanceledException();
    }
}
