using Azure.Storage.Blobs;
using Scoring.Repository;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>Blobs of a version read in ranges.</summary>
public sealed class BlobRangesTests(Azurite azurite) : IClassFixture<Azurite>
{
    private const int Range = 4 << 20;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Range)]
    [InlineData(Range + 1)]
    [InlineData((5 * Range) - 1)]
    public async Task OpenAsync_BlobOfAnyLength_GivesItsBytes(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        await UploadAsync($"{length}", content);

        using var stream = await Repository.OpenAsync("ranges", "1", $"{length}", CancellationToken.None);

        using var read = new MemoryStream();
        await stream!.CopyToAsync(read);
        Assert.True(read.ToArray().AsSpan().SequenceEqual(content));
    }

    [Fact]
    public async Task OpenAsync_NoBlob_IsNull() => Assert.Null(await Repository.OpenAsync("ranges", "1", "nothing", CancellationToken.None));

    [Fact]
    public async Task ReadAsync_BlobIsReplacedMeanwhile_Fails()
    {
        await UploadAsync("replaced", new byte[8 * Range]);
        using var stream = await Repository.OpenAsync("ranges", "1", "replaced", CancellationToken.None);

        await UploadAsync("replaced", [.. Enumerable.Repeat((byte)1, 8 * Range)]);

        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => stream!.CopyToAsync(Stream.Null));
    }

    private IPackageRepository Repository => PackageRepository.Open(null, StorageConnection.OfConnectionString(azurite.ConnectionString));

    private async Task UploadAsync(string path, byte[] content)
    {
        var container = new BlobContainerClient(azurite.ConnectionString, "models");
        await container.CreateIfNotExistsAsync();
        await container.GetBlobClient($"ranges/1/{path}").UploadAsync(BinaryData.FromBytes(content), overwrite: true);
    }
}
