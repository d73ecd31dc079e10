using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Scoring.Batch.DuckDb;

namespace Scoring.Batch.Outputs;

/// <summary>
/// A Parquet output: a folder of one <c>part-NNNNN.parquet</c> a chunk, each written once, and a <c>_manifest.json</c> that makes them the output.
/// The job's content hash in the metadata tells whose they are.
/// </summary>
internal sealed class OutputParts(BlobServiceClient service, string folder, string contentHash, ParquetPart converter) : IJobOutput
{
    private const string HashKey = "job";

    private readonly BlobContainerClient container = service.GetBlobContainerClient(BatchNames.Scores);

    public async Task StageAsync(int chunk, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        var name = PartName(chunk);
        if (!await TryWriteAsync(name, await converter.ConvertAsync(lines, cancellationToken).ConfigureAwait(false), "application/vnd.apache.parquet", cancellationToken).ConfigureAwait(false)
            && !await IsOursAsync(name, cancellationToken).ConfigureAwait(false))
        {
            throw new ScoringException(ErrorCode.JobConflict, $"The blob {BatchNames.Scores}/{name} exists and is not this job's; what was committed never changes.");
        }
    }

    public async Task<CommitOutcome> CommitAsync(int chunks, CancellationToken cancellationToken)
    {
        var parts = await ListAsync(cancellationToken).ConfigureAwait(false);
        if (parts.Count < chunks)
        {
            return await IsOursAsync(ManifestName, cancellationToken).ConfigureAwait(false) ? CommitOutcome.Committed : CommitOutcome.BlocksLost;
        }

        var manifest = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(manifest))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("parts"u8);
            foreach (var part in parts)
            {
                writer.WriteStartObject();
                writer.WriteString("name"u8, part.Name[(folder.Length + 1)..]);
                writer.WriteNumber("bytes"u8, part.Properties.ContentLength ?? 0);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return await TryWriteAsync(ManifestName, manifest.ToArray(), "application/json", cancellationToken).ConfigureAwait(false)
            || await IsOursAsync(ManifestName, cancellationToken).ConfigureAwait(false) ? CommitOutcome.Committed : CommitOutcome.Foreign;
    }

    public async Task<IReadOnlyList<int>> FindLostAsync(int chunks, CancellationToken cancellationToken)
    {
        var parts = (await ListAsync(cancellationToken).ConfigureAwait(false)).Select(part => part.Name).ToHashSet(StringComparer.Ordinal);
        return [.. Enumerable.Range(0, chunks).Where(chunk => !parts.Contains(PartName(chunk)))];
    }

    public async Task SweepAsync(bool isCommitted, CancellationToken cancellationToken)
    {
        if (isCommitted || await IsOursAsync(ManifestName, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        foreach (var part in await ListAsync(cancellationToken).ConfigureAwait(false))
        {
            await container.DeleteBlobIfExistsAsync(part.Name, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    private string ManifestName => $"{folder}/_manifest.json";

    private string PartName(int chunk) => string.Create(CultureInfo.InvariantCulture, $"{folder}/part-{chunk:D5}.parquet");

    private async Task<List<BlobItem>> ListAsync(CancellationToken cancellationToken)
    {
        var parts = new List<BlobItem>();
        try
        {
            await foreach (var item in container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, $"{folder}/part-", cancellationToken).ConfigureAwait(false))
            {
                if (item.Metadata.TryGetValue(HashKey, out var hash) && hash == contentHash)
                {
                    parts.Add(item);
                }
            }
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return [];
        }

        return parts;
    }

    private async Task<bool> TryWriteAsync(string name, byte[] content, string contentType, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            HttpHeaders = new BlobHttpHeaders { ContentType = contentType },
            Metadata = new Dictionary<string, string> { [HashKey] = contentHash },
        };
        while (true)
        {
            try
            {
                await container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), options, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (RequestFailedException exception) when (exception.Status is 409 or 412)
            {
                return false;
            }
        }
    }

    private async Task<bool> IsOursAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var properties = await container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            return properties.Value.Metadata.TryGetValue(HashKey, out var hash) && hash == contentHash;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return false;
        }
    }
}
