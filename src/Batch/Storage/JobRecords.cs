using System.Buffers;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using Scoring.Batch.Chunks;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;

namespace Scoring.Batch.Storage;

/// <summary>Stores what a job asks, which never changes, and its status, which changes under ETag conditions. Thread safe, and safe between processes.</summary>
internal sealed class JobRecords(JobBlobs blobs, JobIndex index, TimeProvider time)
{
    private const string ContentHash = "content";
    private const string Place = "place";
    private const string Owner = "owner";

    /// <summary>Remembers a new job. The same content again changes nothing.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.JobConflict"/>: the id stands for other content, or for a job that is not the caller's.</exception>
    public async Task CreateAsync(JobRequest request, JobCaller caller, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            request.WriteTo(writer);
        }

        var hash = request.ContentHash();
        var place = JobIndex.PlaceOf(request.Id, time.GetUtcNow());
        var metadata = new Dictionary<string, string> { [ContentHash] = hash, [Place] = place };
        if (caller.Owner is { } own)
        {
            metadata[Owner] = own;
        }

        var created = await blobs.TryWriteAsync(
            RequestName(request.Id),
            BinaryData.FromBytes(buffer.WrittenMemory),
            new BlobRequestConditions { IfNoneMatch = ETag.All },
            metadata,
            cancellationToken).ConfigureAwait(false);
        if (created)
        {
            await index.AddAsync(request, place, caller.Owner, cancellationToken).ConfigureAwait(false);
            return;
        }

        var known = await blobs.Container.GetBlobClient(RequestName(request.Id)).GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var owner = known.Value.Metadata.TryGetValue(Owner, out var first) ? first : null;
        if (!caller.Sees(owner))
        {
            throw new ScoringException(ErrorCode.JobConflict, $"The id '{request.Id}' is taken. Give a new job a new id.");
        }

        if (!known.Value.Metadata.TryGetValue(ContentHash, out var other) || other != hash)
        {
            throw new ScoringException(ErrorCode.JobConflict, $"The job '{request.Id}' exists with other content; found SHA-256 {hash[..12]}…, expected {other?[..12]}…. Give a new job a new id.");
        }

        // A process may have ended between the two writes of the first time.
        if (known.Value.Metadata.TryGetValue(Place, out var earlier))
        {
            await index.AddAsync(request, earlier, owner, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What was asked under the id; null when nothing was.</summary>
    public Task<JobRequest?> FindRequestAsync(string id, CancellationToken cancellationToken) => FindRequestAsync(id, JobCaller.Storage, cancellationToken);

    /// <summary>What was asked under the id; null when nothing was, or when the job is not the caller's.</summary>
    public async Task<JobRequest?> FindRequestAsync(string id, JobCaller caller, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await blobs.Container.GetBlobClient(RequestName(id)).DownloadContentAsync(cancellationToken).ConfigureAwait(false);
            var owner = answer.Value.Details.Metadata.TryGetValue(Owner, out var known) ? known : null;
            return caller.Sees(owner) ? JobRequestParser.Parse(answer.Value.Content) : null;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    public Task<Stored<JobStatus>?> FindStatusAsync(string id, CancellationToken cancellationToken) =>
        blobs.ReadAsync(StatusName(id), JobsJson.Default.JobStatus, cancellationToken);

    /// <summary>Changes the status; tries again where another change came between. Starts from <see cref="JobState.Queued"/> where there is none.</summary>
    /// <param name="change">Gives the new status, or null to leave it; may be called several times.</param>
    /// <returns>The status as it is afterwards.</returns>
    public async Task<JobStatus> ChangeStatusAsync(string id, Func<JobStatus, JobStatus?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await FindStatusAsync(id, cancellationToken).ConfigureAwait(false);
            var current = stored?.Value ?? new JobStatus { State = JobState.Queued, QueuedAt = time.GetUtcNow() };
            if (change(current) is not { } changed)
            {
                return current;
            }

            if (await blobs.TryReplaceAsync(StatusName(id), changed, JobsJson.Default.JobStatus, stored?.ETag, cancellationToken).ConfigureAwait(false))
            {
                return changed;
            }
        }
    }

    /// <summary>Marks that another try of the job begins; an ended job stays as it is, a failed one goes on with what was staged.</summary>
    /// <returns>The status as it is afterwards.</returns>
    public Task<JobStatus> TakeUpAsync(JobRequest request, CancellationToken cancellationToken) => ChangeStatusAsync(
        request.Id,
        status => status.State is JobState.Succeeded or JobState.Cancelled ? null : status with
        {
            State = status.State is JobState.Running or JobState.Retrying ? status.State : JobState.Planning,
            Resumes = status.Resumes || status.State == JobState.Failed,
            Tries = status.Tries + 1,
            StartedAt = status.StartedAt ?? time.GetUtcNow(),
            Deadline = (status.State == JobState.Failed ? null : status.Deadline) ?? time.GetUtcNow() + request.Timeout,
            EndedAt = null,
        },
        cancellationToken);

    /// <summary>Remembers that a message under this id was refused.</summary>
    /// <returns>How often it was, for the same reason.</returns>
    public async Task<int> RejectAsync(string id, JobError error, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await FindRejectionAsync(id, cancellationToken).ConfigureAwait(false);
            var tries = stored?.Value.Error == error ? stored.Value.Tries + 1 : 1;
            var rejection = new JobRejection(error, tries, time.GetUtcNow());
            if (await blobs.TryReplaceAsync(RejectionName(id), rejection, JobsJson.Default.JobRejection, stored?.ETag, cancellationToken).ConfigureAwait(false))
            {
                return tries;
            }
        }
    }

    public Task<Stored<JobRejection>?> FindRejectionAsync(string id, CancellationToken cancellationToken) =>
        blobs.ReadAsync(RejectionName(id), JobsJson.Default.JobRejection, cancellationToken);

    /// <summary>Whether a blob stays when a job is tidied up.</summary>
    public static bool IsKept(string id, string name) => name == RequestName(id) || name == StatusName(id) || name == RejectionName(id);

    private static string RequestName(string id) => $"{id}/job.json";

    private static string StatusName(string id) => $"{id}/status.json";

    private static string RejectionName(string id) => $"{id}/rejected.json";
}
