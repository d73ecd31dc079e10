using Scoring.Batch.Chunks;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;

namespace Scoring.Batch.Storage;

/// <summary>Stores plans. What was written never changes. Thread safe, and safe between processes.</summary>
internal sealed class PlanStore(JobBlobs blobs)
{
    /// <summary>The job's plan; null when it has none (yet, or any more).</summary>
    public async Task<JobPlan?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await blobs.ReadAsync(PlanName(id), JobsJson.Default.JobPlan, cancellationToken).ConfigureAwait(false))?.Value;

    /// <summary>Writes the plan unless the job has one; gives the one that it has.</summary>
    public async Task<JobPlan> CreateAsync(string id, JobPlan plan, CancellationToken cancellationToken) =>
        await blobs.TryCreateAsync(PlanName(id), plan, JobsJson.Default.JobPlan, cancellationToken).ConfigureAwait(false)
            ? plan
            : await FindAsync(id, cancellationToken).ConfigureAwait(false)
                ?? throw new IOException($"The plan of job '{id}' went away while it was read.");

    public async Task<PlanSegment?> FindSegmentAsync(string id, int number, CancellationToken cancellationToken) =>
        (await blobs.ReadAsync(SegmentName(id, number), JobsJson.Default.PlanSegment, cancellationToken).ConfigureAwait(false))?.Value;

    /// <summary>Writes a segment; a segment that exists is the same one.</summary>
    public Task CreateSegmentAsync(string id, int number, PlanSegment segment, CancellationToken cancellationToken) =>
        blobs.TryCreateAsync(SegmentName(id, number), segment, JobsJson.Default.PlanSegment, cancellationToken);

    public async Task<PlanEnd?> FindEndAsync(string id, CancellationToken cancellationToken) =>
        (await blobs.ReadAsync(EndName(id), JobsJson.Default.PlanEnd, cancellationToken).ConfigureAwait(false))?.Value;

    public Task CreateEndAsync(string id, PlanEnd end, CancellationToken cancellationToken) =>
        blobs.TryCreateAsync(EndName(id), end, JobsJson.Default.PlanEnd, cancellationToken);

    /// <summary>Remembers that a segment's messages were sent, and the message of the next step.</summary>
    public Task MarkSentAsync(string id, int number, CancellationToken cancellationToken) =>
        blobs.TryMarkAsync(SentName(id, number), null, cancellationToken);

    public Task<bool> IsSentAsync(string id, int number, CancellationToken cancellationToken) =>
        blobs.ExistsAsync(SentName(id, number), cancellationToken);

    private static string PlanName(string id) => $"{id}/plan.json";

    private static string SegmentName(string id, int number) => $"{id}/plan/{number:D6}.json";

    private static string SentName(string id, int number) => $"{id}/plan/{number:D6}.sent";

    private static string EndName(string id) => $"{id}/plan/end.json";
}
