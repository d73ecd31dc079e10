using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Scoring.Batch.Chunks;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;
using Scoring.Repository;

namespace Scoring.Batch.Storage;

/// <summary>Small JSON blobs in a container, <see cref="BatchNames.Jobs"/> by default, written under conditions. Thread safe.</summary>
internal sealed class JobBlobs(StorageConnection storage, string container = BatchNames.Jobs)
{
    private BlobContainerClient? made;

    /// <summary>The container; made when it is first needed, so that an app without a storage has all that needs none.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: no storage is configured.</exception>
    public BlobContainerClient Container => made ??= JobAccess.Make(() => storage.Blobs).GetBlobContainerClient(container);

    /// <summary>The blob's value; null when there is none.</summary>
    public async Task<Stored<T>?> ReadAsync<T>(string name, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await Container.GetBlobClient(name).DownloadContentAsync(cancellationToken).ConfigureAwait(false);
            var value = JsonSerializer.Deserialize(answer.Value.Content, type) ?? throw new InvalidDataException($"The blob {BatchNames.Jobs}/{name} holds null.");
            return new Stored<T>(value, answer.Value.Details.ETag);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Writes the blob if it is absent; false when it exists.</summary>
    public Task<bool> TryCreateAsync<T>(string name, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        TryWriteAsync(name, BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(value, type)), new BlobRequestConditions { IfNoneMatch = ETag.All }, null, cancellationToken);

    /// <summary>Writes the blob if it still is <paramref name="expected"/> (null: absent); false when it is another by now.</summary>
    public Task<bool> TryReplaceAsync<T>(string name, T value, JsonTypeInfo<T> type, ETag? expected, CancellationToken cancellationToken) =>
        TryWriteAsync(
            name,
            BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(value, type)),
            expected is { } etag ? new BlobRequestConditions { IfMatch = etag } : new BlobRequestConditions { IfNoneMatch = ETag.All },
            null,
            cancellationToken);

    /// <summary>Writes the blob under the conditions, creating the container if need be; false when they do not hold.</summary>
    public async Task<bool> TryWriteAsync(string name, BinaryData content, BlobRequestConditions conditions, IDictionary<string, string>? metadata, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions { Conditions = conditions, Metadata = metadata };
        while (true)
        {
            try
            {
                await Container.GetBlobClient(name).UploadAsync(content, options, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await Container.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (RequestFailedException exception) when (exception.Status is 409 or 412 && exception.ErrorCode != BlobErrorCode.ContainerBeingDeleted)
            {
                return false;
            }
        }
    }

    /// <summary>Writes a marker without content; what it says is in its metadata.</summary>
    public Task<bool> TryMarkAsync(string name, IDictionary<string, string>? metadata, CancellationToken cancellationToken) =>
        TryWriteAsync(name, BinaryData.Empty, new BlobRequestConditions { IfNoneMatch = ETag.All }, metadata, cancellationToken);

    public async Task<bool> ExistsAsync(string name, CancellationToken cancellationToken) =>
        (await Container.GetBlobClient(name).ExistsAsync(cancellationToken).ConfigureAwait(false)).Value;

    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        Container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <summary>The blobs whose names start with <paramref name="prefix"/>; none when the container is absent.</summary>
    public async Task<IReadOnlyList<BlobItem>> ListAsync(string prefix, BlobTraits traits, CancellationToken cancellationToken)
    {
        var items = new List<BlobItem>();
        try
        {
            await foreach (var item in Container.GetBlobsAsync(traits, BlobStates.None, prefix, cancellationToken).ConfigureAwait(false))
            {
                items.Add(item);
            }
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return [];
        }

        return items;
    }

    /// <summary>One page of the blobs whose names start with <paramref name="prefix"/>, in their order; none when the container is absent.</summary>
    /// <param name="marker">Where the page begins; null for the first.</param>
    /// <returns>The blobs with their metadata, and where the next page begins; null behind the last.</returns>
    public async Task<(IReadOnlyList<BlobItem> Items, string? Next)> ListPageAsync(string prefix, string? marker, int size, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var page in Container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, prefix, cancellationToken).AsPages(marker, size).ConfigureAwait(false))
            {
                return (page.Values, string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken);
            }
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            // No job was ever seen.
        }

        return ([], null);
    }

    /// <summary>Deletes the blobs whose names start with <paramref name="prefix"/>, 16 at a time.</summary>
    /// <param name="which">Tells of a name whether it goes; null for all.</param>
    public async Task DeleteAllAsync(string prefix, Predicate<string>? which, CancellationToken cancellationToken)
    {
        var items = await ListAsync(prefix, BlobTraits.None, cancellationToken).ConfigureAwait(false);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            items.Where(item => which is null || which(item.Name)),
            parallel,
            async (item, token) => await DeleteAsync(item.Name, token).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
