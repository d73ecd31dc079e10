using System.Globalization;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Scoring.Batch.Outputs;

/// <summary>
/// The output blob of one job: blocks whose names come from their chunks' places, committed once under the condition that no blob is there.
/// The job's content hash in the metadata tells whose blob it is. Thread safe, and safe between processes.
/// </summary>
internal sealed class OutputBlob(BlobServiceClient service, string name, string contentHash, string contentType) : IJobOutput
{
    private const string HashKey = "job";

    private readonly BlobContainerClient container = service.GetBlobContainerClient(BatchNames.Scores);
    private readonly BlockBlobClient blob = service.GetBlobContainerClient(BatchNames.Scores).GetBlockBlobClient(name);

    /// <summary>Stages one chunk's bytes; staging the same chunk again replaces them with the same.</summary>
    public Task StageAsync(int chunk, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken) =>
        InContainerAsync(
            async () =>
            {
                using var stream = ReadOnly(lines);
                await blob.StageBlockAsync(BlockId(chunk), stream, cancellationToken: cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <summary>Makes the staged chunks, in order, the output.</summary>
    public Task<CommitOutcome> CommitAsync(int chunks, CancellationToken cancellationToken) =>
        CommitAsync(
            () => blob.CommitBlockListAsync(
                Enumerable.Range(0, chunks).Select(BlockId),
                new CommitBlockListOptions { Conditions = Absent, HttpHeaders = Headers, Metadata = Metadata },
                cancellationToken),
            cancellationToken);

    /// <summary>Which of the chunks have no staged block.</summary>
    public async Task<IReadOnlyList<int>> FindLostAsync(int chunks, CancellationToken cancellationToken)
    {
        try
        {
            var blocks = await blob.GetBlockListAsync(BlockListTypes.Uncommitted, cancellationToken: cancellationToken).ConfigureAwait(false);
            var staged = blocks.Value.UncommittedBlocks.Select(block => block.Name).ToHashSet(StringComparer.Ordinal);
            return [.. Enumerable.Range(0, chunks).Where(chunk => !staged.Contains(BlockId(chunk)))];
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return [.. Enumerable.Range(0, chunks)];
        }
    }

    /// <summary>
    /// Drops blocks that late duplicates staged after the commit, by committing the list that is committed once more: the content stays the same.
    /// </summary>
    /// <remarks>Blocks of a job without output expire by themselves: nothing but a commit could drop them, and nobody sees them.</remarks>
    public async Task SweepAsync(bool isCommitted, CancellationToken cancellationToken)
    {
        if (!isCommitted)
        {
            return;
        }

        try
        {
            var properties = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
            var blocks = (await blob.GetBlockListAsync(BlockListTypes.All, cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
            if (!blocks.UncommittedBlocks.Any() || !IsOurs(properties))
            {
                return;
            }

            await blob.CommitBlockListAsync(
                blocks.CommittedBlocks.Select(block => block.Name),
                new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfMatch = properties.ETag }, HttpHeaders = Headers, Metadata = properties.Metadata },
                cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 412)
        {
            // Nothing there, or another sweep came first.
        }
    }

    private static BlobRequestConditions Absent => new() { IfNoneMatch = ETag.All };

    private BlobHttpHeaders Headers => new() { ContentType = contentType };

    private Dictionary<string, string> Metadata => new() { [HashKey] = contentHash };

    private async Task<CommitOutcome> CommitAsync(Func<Task> commit, CancellationToken cancellationToken)
    {
        try
        {
            return await InContainerAsync(
                async () =>
                {
                    await commit().ConfigureAwait(false);
                    return CommitOutcome.Committed;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.InvalidBlockList || exception.Status is 409 or 412)
        {
            // A commit of this job may have come first; its blocks are then no longer there to be committed again.
            return await FindOwnerAsync(cancellationToken).ConfigureAwait(false) ?? CommitOutcome.BlocksLost;
        }
    }

    private async Task<CommitOutcome?> FindOwnerAsync(CancellationToken cancellationToken)
    {
        try
        {
            var properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            return IsOurs(properties.Value) ? CommitOutcome.Committed : CommitOutcome.Foreign;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    private bool IsOurs(BlobProperties properties) => properties.Metadata.TryGetValue(HashKey, out var hash) && hash == contentHash;

    private async Task<T> InContainerAsync<T>(Func<Task<T>> write, CancellationToken cancellationToken)
    {
        try
        {
            return await write().ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            return await write().ConfigureAwait(false);
        }
    }

    private static string BlockId(int chunk) => Convert.ToBase64String(Encoding.ASCII.GetBytes(chunk.ToString("D8", CultureInfo.InvariantCulture)));

    private static MemoryStream ReadOnly(ReadOnlyMemory<byte> content) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(content, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}
