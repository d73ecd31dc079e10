using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Scoring.Repository;

namespace Scoring.Outcomes.Reading;

/// <summary>Outcomes in a blob container.</summary>
internal sealed class BlobOutcomeFiles(Func<BlobContainerClient> open) : IOutcomeFiles
{
    private const int BlockBytes = 4 << 20;

    private readonly Lazy<BlobContainerClient> container = new(open, LazyThreadSafetyMode.PublicationOnly);

    // A file is joined block by block: by default the client would hold a quarter of a gigabyte of it first.
    private static BlobUploadOptions Blocks => new()
    {
        TransferOptions = new StorageTransferOptions { InitialTransferSize = BlockBytes, MaximumTransferSize = BlockBytes, MaximumConcurrency = 2 },
        HttpHeaders = new BlobHttpHeaders { ContentType = "application/jsonl" },
    };

    public string Location => container.Value.Uri.GetLeftPart(UriPartial.Path);

    public Task<IReadOnlyList<OutcomeFile>> ListAsync(string model, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync<IReadOnlyList<OutcomeFile>>(
            async () =>
            {
                var files = new List<OutcomeFile>();
                try
                {
                    await foreach (var blob in container.Value.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{model}/", cancellationToken).ConfigureAwait(false))
                    {
                        if (OutcomeFile.Of(blob.Name, blob.Properties.ContentLength ?? 0) is { } file)
                        {
                            files.Add(file);
                        }
                    }
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    // No container yet: no outcomes either.
                }

                return files;
            },
            cancellationToken);

    public Task<Stream?> OpenAsync(OutcomeFile file, long offset, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync<Stream?>(
            async () =>
            {
                try
                {
                    var options = new BlobDownloadOptions { Range = offset > 0 ? new HttpRange(offset) : default };
                    return (await container.Value.GetBlobClient(file.Path).DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false)).Value.Content;
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    return null;
                }
            },
            cancellationToken);

    public Task<bool> WriteAsync(string path, Stream content, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(
            async () =>
            {
                try
                {
                    await container.Value.GetBlobClient(path).UploadAsync(content, Blocks, cancellationToken).ConfigureAwait(false);
                    return true;
                }
                catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.InvalidBlockList)
                {
                    // Another committed its blocks of this name, which took ours away.
                    return false;
                }
            },
            cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync<object?>(
            async () =>
            {
                await container.Value.GetBlobClient(path).DeleteIfExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                return null;
            },
            cancellationToken);
}
