using System.Globalization;
using Azure.Storage.Blobs.Models;
using Scoring.Batch.Chunks;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;

namespace Scoring.Batch.Storage;

/// <summary>
/// Remembers which chunks are staged, by markers in groups of <see cref="GroupSize"/>: a full group is marked as a whole and its chunks'
/// markers go, so that neither completion nor progress ever needs a listing of more than a few hundred names. Thread safe, and safe between processes.
/// </summary>
internal sealed class ChunkMarkers(JobBlobs blobs)
{
    /// <summary>Chunks of a group: about the square root of the most chunks, so that a group and the list of groups are of one size.</summary>
    public const int GroupSize = 224;

    public static int GroupOf(int chunk) => chunk / GroupSize;

    public static int GroupCount(int chunks) => (chunks + GroupSize - 1) / GroupSize;

    public async Task<bool> IsDoneAsync(string id, int chunk, CancellationToken cancellationToken) =>
        await blobs.ExistsAsync(ChunkName(id, chunk), cancellationToken).ConfigureAwait(false)
        || await blobs.ExistsAsync(GroupName(id, GroupOf(chunk)), cancellationToken).ConfigureAwait(false);

    public Task MarkAsync(string id, int chunk, ChunkResult result, CancellationToken cancellationToken) =>
        blobs.TryMarkAsync(ChunkName(id, chunk), result.ToMetadata(), cancellationToken);

    /// <summary>Marks the group once all of its chunks are marked.</summary>
    /// <param name="end">The job's size; null while it is not known: then only a full group can be whole.</param>
    /// <returns>Whether the group is marked.</returns>
    public async Task<bool> TryCloseGroupAsync(string id, int group, PlanEnd? end, CancellationToken cancellationToken)
    {
        var chunks = Math.Min(GroupSize, (end?.Chunks ?? int.MaxValue) - (group * GroupSize));
        var done = await blobs.ListAsync(ChunkPrefix(id, group), BlobTraits.Metadata, cancellationToken).ConfigureAwait(false);
        if (done.Count < chunks)
        {
            return await blobs.ExistsAsync(GroupName(id, group), cancellationToken).ConfigureAwait(false);
        }

        var result = done.Aggregate(ChunkResult.None, (sum, item) => sum + ChunkResult.FromMetadata(item.Metadata));
        await blobs.TryMarkAsync(GroupName(id, group), result.ToMetadata(), cancellationToken).ConfigureAwait(false);
        await blobs.DeleteAllAsync(ChunkPrefix(id, group), null, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>The sum of all groups once every one is marked; null before.</summary>
    public async Task<ChunkResult?> FindWholeAsync(string id, PlanEnd end, CancellationToken cancellationToken)
    {
        var groups = await blobs.ListAsync(GroupPrefix(id), BlobTraits.Metadata, cancellationToken).ConfigureAwait(false);
        return groups.Count < GroupCount(end.Chunks)
            ? null
            : groups.Aggregate(ChunkResult.None, (sum, item) => sum + ChunkResult.FromMetadata(item.Metadata));
    }

    /// <summary>How far the job has come.</summary>
    /// <param name="end">The job's size, when it is known.</param>
    public async Task<(int Chunks, ChunkResult Result)> MeasureAsync(string id, PlanEnd? end, CancellationToken cancellationToken)
    {
        // The chunks first: a group that closes in between is then counted by its chunks and skipped as a group.
        var chunks = await blobs.ListAsync($"{id}/done/", BlobTraits.Metadata, cancellationToken).ConfigureAwait(false);
        var groups = await blobs.ListAsync(GroupPrefix(id), BlobTraits.Metadata, cancellationToken).ConfigureAwait(false);
        var closed = groups.Select(item => NumberIn(item.Name)).ToHashSet();
        var count = 0;
        var result = ChunkResult.None;
        foreach (var item in groups)
        {
            count += Math.Min(GroupSize, (end?.Chunks ?? int.MaxValue) - (NumberIn(item.Name) * GroupSize));
            result += ChunkResult.FromMetadata(item.Metadata);
        }

        foreach (var item in chunks.Where(item => !closed.Contains(GroupOf(NumberIn(item.Name)))))
        {
            count++;
            result += ChunkResult.FromMetadata(item.Metadata);
        }

        return (count, result);
    }

    /// <summary>The chunks that are staged, by number.</summary>
    public async Task<Predicate<int>> ListDoneAsync(string id, CancellationToken cancellationToken)
    {
        var chunks = (await blobs.ListAsync($"{id}/done/", BlobTraits.None, cancellationToken).ConfigureAwait(false)).Select(item => NumberIn(item.Name)).ToHashSet();
        var groups = (await blobs.ListAsync(GroupPrefix(id), BlobTraits.None, cancellationToken).ConfigureAwait(false)).Select(item => NumberIn(item.Name)).ToHashSet();
        return chunk => chunks.Contains(chunk) || groups.Contains(GroupOf(chunk));
    }

    /// <summary>Forgets that the chunk was staged, because its block is gone.</summary>
    public async Task ReopenAsync(string id, IReadOnlyCollection<int> lost, CancellationToken cancellationToken)
    {
        // Groups first: a chunk without its marker in a closed group would count as done.
        foreach (var group in lost.Select(GroupOf).Distinct())
        {
            await blobs.DeleteAsync(GroupName(id, group), cancellationToken).ConfigureAwait(false);
        }

        foreach (var chunk in lost)
        {
            await blobs.DeleteAsync(ChunkName(id, chunk), cancellationToken).ConfigureAwait(false);
        }
    }

    private static int NumberIn(string name) => int.Parse(name.AsSpan(name.LastIndexOf('/') + 1), CultureInfo.InvariantCulture);

    private static string ChunkPrefix(string id, int group) => $"{id}/done/{group:D3}/";

    private static string ChunkName(string id, int chunk) => $"{ChunkPrefix(id, GroupOf(chunk))}{chunk:D5}";

    private static string GroupPrefix(string id) => $"{id}/groups/";

    private static string GroupName(string id, int group) => $"{GroupPrefix(id)}{group:D3}";
}
