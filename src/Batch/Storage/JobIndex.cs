using System.Globalization;
using Azure.Storage.Blobs.Models;
using Scoring.Batch.Messages;

namespace Scoring.Batch.Storage;

/// <summary>
/// The jobs in the order in which they were first seen, newest first: an empty blob a job, <c>_index/{ticks until the end of time}-{id}</c>, whose metadata name its model, group and owner.
/// Storage lists names in their order, so the newest come first and a page is one request. Thread safe, and safe between processes.
/// </summary>
internal sealed class JobIndex(JobBlobs blobs)
{
    /// <summary>Jobs that one page holds at most.</summary>
    public const int MaxPage = 1000;

    // No job's id begins with this character.
    private const string Prefix = "_index/";
    private const int TicksLength = 19;
    private const string Model = "model";
    private const string Group = "group";
    private const string Owner = "owner";

    /// <summary>The place of a job that was first seen at a time.</summary>
    public static string PlaceOf(string id, DateTimeOffset seen) =>
        string.Create(CultureInfo.InvariantCulture, $"{(DateTimeOffset.MaxValue.UtcTicks - seen.UtcTicks).ToString($"D{TicksLength}", CultureInfo.InvariantCulture)}-{id}");

    /// <summary>Adds the job; once more changes nothing.</summary>
    public Task AddAsync(JobRequest request, string place, string? owner, CancellationToken cancellationToken)
    {
        var metadata = new Dictionary<string, string> { [Model] = request.Model };
        if (request.Group is not null)
        {
            metadata[Group] = request.Group;
        }

        if (owner is not null)
        {
            metadata[Owner] = owner;
        }

        return blobs.TryMarkAsync(Prefix + place, metadata, cancellationToken);
    }

    /// <summary>One page of jobs.</summary>
    /// <param name="marker">Where it begins, as the page before gave it; null for the newest.</param>
    /// <param name="size">Most jobs of it.</param>
    /// <returns>The jobs, and where the next page begins; null behind the last.</returns>
    public async Task<(IReadOnlyList<IndexedJob> Jobs, string? Next)> ReadAsync(string? marker, int size, CancellationToken cancellationToken)
    {
        var (items, next) = await blobs.ListPageAsync(Prefix, marker, size, cancellationToken).ConfigureAwait(false);
        return ([.. items.Select(Read)], next);
    }

    private static IndexedJob Read(BlobItem item)
    {
        var place = item.Name[Prefix.Length..];
        var ticks = DateTimeOffset.MaxValue.UtcTicks - long.Parse(place.AsSpan(0, TicksLength), CultureInfo.InvariantCulture);
        return new IndexedJob(
            place, place[(TicksLength + 1)..], new DateTimeOffset(ticks, TimeSpan.Zero), item.Metadata.TryGetValue(Model, out var model) ? model : "",
            item.Metadata.TryGetValue(Group, out var group) ? group : null, item.Metadata.TryGetValue(Owner, out var owner) ? owner : null);
    }
}
