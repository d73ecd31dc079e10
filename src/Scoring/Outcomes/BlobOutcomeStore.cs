using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Scoring.Outcomes;

/// <summary>Outcomes in a blob container, which is made when it is missing.</summary>
internal sealed class BlobOutcomeStore(Func<BlobContainerClient> open) : IOutcomeStore
{
    private readonly Lazy<BlobContainerClient> container = new(open, LazyThreadSafetyMode.PublicationOnly);

    public async Task<bool> WriteOnceAsync(string path, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        try
        {
            await UploadAsync(path, lines, new BlobRequestConditions { IfNoneMatch = ETag.All }, "application/jsonl", cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.BlobAlreadyExists || exception.Status == 412)
        {
            return false;
        }
    }

    public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        UploadAsync(path, content, conditions: null, "application/json", cancellationToken);

    private async Task UploadAsync(string path, ReadOnlyMemory<byte> content, BlobRequestConditions? conditions, string type, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions { Conditions = conditions, HttpHeaders = new BlobHttpHeaders { ContentType = type } };
        while (true)
        {
            try
            {
                await container.Value.GetBlobClient(path).UploadAsync(BinaryData.FromBytes(content), options, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await container.Value.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
