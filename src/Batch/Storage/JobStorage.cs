using Microsoft.Extensions.Options;
using Scoring.Repository;

namespace Scoring.Batch.Storage;

/// <summary>All that is remembered of jobs, in the container <see cref="BatchNames.Jobs"/>, under each job's id. Thread safe, and safe between processes.</summary>
internal sealed class JobStorage
{
    public JobStorage(StorageConnection storage, IOptions<BatchOptions> options, TimeProvider time)
    {
        Blobs = new JobBlobs(storage);
        Index = new JobIndex(Blobs);
        Records = new JobRecords(Blobs, Index, time);
        Plans = new PlanStore(Blobs);
        Markers = new ChunkMarkers(Blobs);
        Failures = new StepFailures(Blobs, options, time);
        Planned = new PlannedJobCache(Records, Plans);
    }

    /// <summary>The blobs themselves.</summary>
    public JobBlobs Blobs { get; }

    /// <summary>The jobs, newest first.</summary>
    public JobIndex Index { get; }

    /// <summary>What was asked, how it stands, and which messages were refused.</summary>
    public JobRecords Records { get; }

    /// <summary>What was planned: the version, the inputs, the chunks.</summary>
    public PlanStore Plans { get; }

    /// <summary>Which chunks are staged.</summary>
    public ChunkMarkers Markers { get; }

    /// <summary>The errors that tries of steps ended with.</summary>
    public StepFailures Failures { get; }

    /// <summary>The few jobs that this process works on, read once.</summary>
    public PlannedJobCache Planned { get; }

    /// <summary>Deletes what a job has left, but for what was asked and how it ended.</summary>
    public Task TidyAsync(string id, CancellationToken cancellationToken) => Blobs.DeleteAllAsync($"{id}/", name => !JobRecords.IsKept(id, name), cancellationToken);
}
