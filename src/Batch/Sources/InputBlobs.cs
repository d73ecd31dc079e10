using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Options;
using Scoring.Batch.Messages;
using Scoring.Repository;

namespace Scoring.Batch.Sources;

/// <summary>Reads the blobs that jobs point to, and no others: only from the containers that the configuration allows. Thread safe.</summary>
internal sealed class InputBlobs(StorageConnection storage, IOptions<ScoringOptions> options)
{
    /// <summary>Most blobs under one prefix.</summary>
    public const int MaxBlobs = 100_000;

    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the container is not one that the configuration allows.</exception>
    public void RequireAllowed(JobInput input)
    {
        if (!options.Value.InputContainers.Contains(input.Container, StringComparer.Ordinal))
        {
            throw Refused($"found the container '{input.Container}', expected one of {string.Join(", ", options.Value.InputContainers)}");
        }
    }

    /// <summary>The blobs that the input names, as they are now; under a prefix without folders and <see cref="IsMarker">markers</see>.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the container is not allowed, or there is no such blob.</exception>
    public async Task<IReadOnlyList<InputBlob>> ListAsync(JobInput input, CancellationToken cancellationToken)
    {
        RequireAllowed(input);
        var container = storage.Blobs.GetBlobContainerClient(input.Container);
        var found = new List<InputBlob>();
        try
        {
            if (!input.IsPrefix)
            {
                var properties = (await container.GetBlobClient(input.Name).GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
                return [new InputBlob(input.Path, properties.ETag, properties.ContentLength)];
            }

            await foreach (var item in container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, input.Name, cancellationToken).ConfigureAwait(false))
            {
                if (IsMarker(item.Name[(input.Name.LastIndexOf('/') + 1)..]) || IsFolder(item))
                {
                    continue;
                }

                if (found.Count == MaxBlobs)
                {
                    throw Refused($"found more than {MaxBlobs} blobs under '{input.Path}'");
                }

                found.Add(new InputBlob($"{input.Container}/{item.Name}", item.Properties.ETag!.Value, item.Properties.ContentLength ?? 0));
            }
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            throw Refused($"found no blob '{input.Path}'", exception);
        }

        found.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        return found.Count > 0 ? found : throw Refused($"found no blob under '{input.Path}'");
    }

    /// <summary>Reads bytes of a blob, so long as it still is the version given. A download that ends early is an <see cref="IOException"/> to its reader.</summary>
    /// <param name="length">Null: to the end.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the blob changed or is gone.</exception>
    public async Task<Stream> OpenAsync(InputBlob blob, long offset, long? length, CancellationToken cancellationToken)
    {
        var expected = length ?? Math.Max(0, blob.Bytes - offset);
        if (expected == 0)
        {
            return Stream.Null;
        }

        var slash = blob.Path.IndexOf('/', StringComparison.Ordinal);
        var client = storage.Blobs.GetBlobContainerClient(blob.Path[..slash]).GetBlobClient(blob.Path[(slash + 1)..]);
        var download = new BlobDownloadOptions
        {
            Range = new HttpRange(offset, expected),
            Conditions = new BlobRequestConditions { IfMatch = blob.ETag },
        };
        try
        {
            return new WholeStream((await client.DownloadStreamingAsync(download, cancellationToken).ConfigureAwait(false)).Value.Content, expected, blob.Path);
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 412)
        {
            throw Refused(exception.Status == 404 ? $"'{blob.Path}' went away after the job was planned" : $"'{blob.Path}' changed after the job was planned", exception);
        }
    }

    /// <summary>Whether a name below a prefix's folder is what Spark and Hadoop write beside rows: <c>_SUCCESS</c>, <c>*.crc</c>, whatever starts with <c>_</c> or <c>.</c>, in any folder.</summary>
    internal static bool IsMarker(string name) =>
        name.EndsWith(".crc", StringComparison.OrdinalIgnoreCase) || name.Split('/').Any(part => part is ['_' or '.', ..]);

    // Data Lake storage lists folders as empty blobs.
    private static bool IsFolder(BlobItem item) =>
        item.Name.EndsWith('/') || (item.Metadata?.TryGetValue("hdi_isfolder", out var isFolder) == true && string.Equals(isFolder, "true", StringComparison.OrdinalIgnoreCase));

    private static ScoringException Refused(string what, Exception? inner = null) =>
        new(ErrorCode.InvalidValue, $"The job's input is refused: {what}.", inner);
}
