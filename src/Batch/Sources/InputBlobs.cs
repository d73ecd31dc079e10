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

    /// <summary>Reads bytes of a blob, so long as it still is the version given.</summary>
    /// <param name="length">Null: to the end.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the blob changed or is gone.</exception>
    public async Task<Stream> OpenAsync(string path, string etag, long offset, long? length, CancellationToken cancellationToken)
    {
        if (length == 0)
        {
            return Stream.Null;
        }

        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var blob = storage.Blobs.GetBlobContainerClient(path[..slash]).GetBlobClient(path[(slash + 1)..]);
        var download = new BlobDownloadOptions
        {
            Range = new HttpRange(offset, length),
            Conditions = new BlobRequestConditions { IfMatch = new ETag(etag) },
        };
        try
        {
            return (await blob.DownloadStreamingAsync(download, cancellationToken).ConfigureAwait(false)).Value.Content;
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 412)
        {
            throw Refused(exception.Status == 404 ? $"'{path}' went away after the job was planned" : $"'{path}' changed after the job was planned", exception);
        }
        catch (RequestFailedException exception) when (exception.Status == 416)
        {
            return Stream.Null;
        }
    }

    /// <summary>Whether a name below a prefix's folder is what Spark and Hadoop write beside rows: <c>_SUCCESS</c>, <c>*.crc</c>, whatever starts with <c>_</c> or <c>.</c>, in any folder.</summary>
    internal static bool IsMarker(string name) =>
        name.EndsWith(".crc", StringComparison.OrdinalIgnoreCase) || name.Split('/').Any(part => part is ['_' or '.', ..]);

    // Data Lake storage lists folders as empty blobs.
    private static bool IsFolder(BlobItem item) =>
        item.Name.EndsWith('/') || (item.Metadata?.TryGetValue("hdi_isfolder", out var isFolder) == true && string.Equals(isFolder, "true", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a blob starts as gzip does.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: it starts as UTF-16, UTF-32 or zstd does, which are not read.</exception>
    public async Task<bool> IsGzipAsync(InputBlob blob, CancellationToken cancellationToken)
    {
        var magic = new byte[4];
        await using var stream = await OpenAsync(blob.Path, blob.ETag.ToString(), 0, magic.Length, cancellationToken).ConfigureAwait(false);
        await stream.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var other = magic switch
        {
            [0x28, 0xb5, 0x2f, 0xfd] => "zstd; unpack it or pack it as gzip",
            [0xff, 0xfe, 0, 0] or [0, 0, 0xfe, 0xff] => "UTF-32; write it as UTF-8",
            [0xff, 0xfe, ..] or [0xfe, 0xff, ..] => "UTF-16; write it as UTF-8",
            _ => null,
        };
        return other is null ? magic is [0x1f, 0x8b, ..] : throw Refused($"'{blob.Path}' is {other}");
    }

    private static ScoringException Refused(string what, Exception? inner = null) =>
        new(ErrorCode.InvalidValue, $"The job's input is refused: {what}.", inner);
}
