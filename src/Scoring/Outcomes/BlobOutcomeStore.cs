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
        var options = new BlobUploadOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            HttpHeaders = new BlobHttpHeaders { ContentType = "application/jsonl" },
        };
        while (true)
        {
            try
            {
                await container.Value.GetBlobClient(path).UploadAsync(BinaryData.FromBytes(lines), options, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await container.Value.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.BlobAlreadyExists || exception.Status == 412)
            {
                return false;
            }
        }
    }
}
