using Azure.Storage.Blobs;
using Scoring.Repository;
using Scoring.Tests.Serving;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>What goes wrong between blob storage and the disk while weights of several pieces are fetched: nothing half-written is ever served.</summary>
public sealed class DownloadFaultTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private const int WeightBytes = 5 << 20;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("truncated")]
    [InlineData("damaged")]
    [InlineData("longer")]
    public async Task Lease_BlobIsNotWhatTheManifestSays_IsRefusedAndServedOnceItIs(string fault)
    {
        var model = $"blob-{fault}";
        var content = await PublishAsync(model);
        var blob = new BlobClient(azurite.ConnectionString, "models", $"{model}/1/model.onnx");
        byte[] wrong = fault switch { "truncated" => content[..(content.Length / 2)], "longer" => [.. content, 0], _ => (byte[])content.Clone() };
        wrong[wrong.Length - 1000] ^= (byte)(fault == "damaged" ? 1 : 0);
        await blob.UploadAsync(BinaryData.FromBytes(wrong), overwrite: true);
        await using var host = NewHost(azurite.BlobPort);

        var refused = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1, model));

        Assert.Contains(fault == "damaged" ? "is altered" : $"has {wrong.Length} bytes", refused.Message, StringComparison.Ordinal);
        AssertNothingIsLeft();
        await blob.UploadAsync(BinaryData.FromBytes(content), overwrite: true);
        Assert.Equal(("1", 2.0), await ServedAsync(host, model));
    }

    [Fact]
    public async Task Lease_StorageGoneMidWay_IsUnavailableAndServedOnceItIsBack()
    {
        await PublishAsync("gone");
        await using var port = new CutPort(azurite.BlobPort);
        await using var host = NewHost(port.Port);
        port.CutAfter(WeightBytes / 2);

        var failure = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1, "gone"));

        Assert.Equal((ErrorCode.ModelUnavailable, true), (failure.Code, port.IsCut));
        AssertNothingIsLeft();
        port.Heal();
        Assert.Equal(("1", 2.0), await ServedAsync(host, "gone"));
    }

    [Fact]
    public async Task RunAsync_ReadFailsWhileAPieceIsWritten_EndsWithTheReadsFault()
    {
        using var source = new MemoryStream(new byte[WeightBytes]);
        using var cut = new CutStream(source, WeightBytes / 2);

        var failure = await Assert.ThrowsAsync<ScoringException>(() => HashedCopy.RunAsync(cut, folder.PathTo("copy"), WeightBytes, CancellationToken.None));

        Assert.Equal(ErrorCode.ModelUnavailable, failure.Code);
    }

    [Fact]
    public async Task RunAsync_StreamThatIsLongerThanItShouldBe_IsReadNoFurtherAndNotWritten()
    {
        using var source = new MemoryStream(new byte[10 << 20]);

        var (bytes, hash) = await HashedCopy.RunAsync(source, folder.PathTo("copy"), 1 << 20, CancellationToken.None);

        Assert.InRange(bytes, (1 << 20) + 1, 2 << 20);
        Assert.Equal("", hash);
        Assert.InRange(source.Position, 0, 2 << 20);
        Assert.InRange(new FileInfo(folder.PathTo("copy")).Length, 0, 1 << 20);
    }

    [Theory]
    [InlineData("model.json")]
    [InlineData("golden.json")]
    public async Task LeaseAsync_FileThatIsLargerThanItMayBe_IsRefusedBeforeAnythingIsCopied(string name)
    {
        using (var file = File.OpenHandle(Path.Combine(OffsetModel.Write(folder.PathTo("large", "m", "1"), 1), name), FileMode.Create, FileAccess.Write))
        {
            RandomAccess.SetLength(file, 1L << 31);
        }

        await using var host = new CatalogHost(folder.PathTo("large"), folder.PathTo("large-cache"));

        var refusal = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1));

        Assert.Contains("has 2147483648 bytes; expected at most", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, host.Repository.ModelDownloads);
    }

    [RootMountFact]
    public async Task RunAsync_DiskFullWhileTheNextPieceArrives_EndsWithTheDisksFault()
    {
        using var disk = new SmallDisk(folder.PathTo("disk"), 2 << 20);
        using var source = new MemoryStream(new byte[WeightBytes]);

        await Assert.ThrowsAsync<IOException>(() => HashedCopy.RunAsync(source, folder.PathTo("disk", "copy"), WeightBytes, CancellationToken.None));
    }

    private async Task<byte[]> PublishAsync(string model)
    {
        var package = OffsetModel.Write(folder.PathTo(model), 1, WeightBytes);
        var repository = PackageRepository.Open(null, StorageConnection.OfConnectionString(azurite.ConnectionString));
        await new PackagePublisher(repository).PublishAsync(package, model, null, makeLive: true, CancellationToken.None);
        return await File.ReadAllBytesAsync(Path.Combine(package, "model.onnx"));
    }

    private CatalogHost NewHost(int port)
    {
        var storage = azurite.ConnectionString.Replace($":{azurite.BlobPort}/", $":{port}/", StringComparison.Ordinal);
        return new CatalogHost($"http://127.0.0.1:{port}/{Azurite.AccountName}/models", folder.PathTo("cache"), storage, options => options.Probe = ProbePolicy.Never);
    }

    // A failed load is told to all who ask before the next try is due.
    private static async Task<(string, double)> ServedAsync(CatalogHost host, string model)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await host.ScoreAsync(1, model);
            }
            catch (ScoringException) when (attempt < 100)
            {
                await Task.Delay(50);
            }
        }
    }

    private void AssertNothingIsLeft() => Assert.All(
        new[] { "packages", "temp" }.Select(name => folder.PathTo("cache", name)).Where(Directory.Exists), path => Assert.Empty(Directory.GetFileSystemEntries(path)));
}
