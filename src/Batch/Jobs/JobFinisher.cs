using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Batch.Chunks;
using Scoring.Batch.Messages;
using Scoring.Batch.Outputs;
using Scoring.Batch.Planning;
using Scoring.Batch.Storage;
using Scoring.Telemetry;

namespace Scoring.Batch.Jobs;

/// <summary>Ends jobs: commits once every chunk is staged, fails or cancels, and clears away what is no longer needed. Thread safe.</summary>
internal sealed partial class JobFinisher(
    JobStorage storage, JobOutputs outputs, StepQueue queue, ScoringMetrics metrics, IOptions<BatchOptions> options, TimeProvider time, ILogger<JobFinisher> logger, CallerCounts? callers = null)
{
    /// <summary>Commits the job if all of its chunks are staged. Called after every chunk and after the last planning step.</summary>
    public async Task TryFinishAsync(PlannedJob job, int group, CancellationToken cancellationToken)
    {
        // 1. The group, then all groups.
        var end = await storage.Plans.FindEndAsync(job.Id, cancellationToken).ConfigureAwait(false);
        if (!await storage.Markers.TryCloseGroupAsync(job.Id, group, end, cancellationToken).ConfigureAwait(false) || end is null
            || await storage.Markers.FindWholeAsync(job.Id, end, cancellationToken).ConfigureAwait(false) is not { } whole)
        {
            // A late duplicate may have staged and marked its chunk after the commit.
            await TidyIfFinalAsync(job.Request, cancellationToken).ConfigureAwait(false);
            return;
        }

        // 2. The commit, which only the first of several concurrent ones makes.
        await CommitAsync(job, end.Chunks, whole, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Commits staged chunks; the job succeeds, or fails where another writer's blob has the output's name.</summary>
    public async Task CommitAsync(PlannedJob job, int chunks, ChunkResult result, CancellationToken cancellationToken)
    {
        using var activity = ScoringActivity.StartCommit(job.Request.Model, job.Id);
        if (FailedRows.Find(job.Request, result, result.Rows) is { } tooMany)
        {
            await FailAsync(job.Request, tooMany, cancellationToken).ConfigureAwait(false);
            return;
        }

        var output = outputs.Of(job.Request);
        switch (await output.CommitAsync(chunks, cancellationToken).ConfigureAwait(false))
        {
            case CommitOutcome.Committed:
                await SucceedAsync(job, chunks, result, cancellationToken).ConfigureAwait(false);
                break;
            case CommitOutcome.Foreign:
                var detail = $"The blob {BatchNames.Scores}/{job.Request.OutputName} exists and is not this job's; what was committed never changes.";
                await FailAsync(job.Request, new JobError(ErrorCode.JobConflict.Name(), detail), cancellationToken).ConfigureAwait(false);
                break;
            default:
                await ScoreLostAsync(job, await output.FindLostAsync(chunks, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Fails the job as soon as more of its rows failed than it allows. To be called behind a chunk that has such rows, and behind the scan's end, with which shares begin to count.</summary>
    /// <param name="lines">Output at hand, from which one of the faults is named.</param>
    public async Task FailEarlyAsync(PlannedJob job, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        if (job.Request.MaxFailedRows is null)
        {
            return;
        }

        var end = await storage.Plans.FindEndAsync(job.Id, cancellationToken).ConfigureAwait(false);
        var (_, result) = await storage.Markers.MeasureAsync(job.Id, end, cancellationToken).ConfigureAwait(false);
        if (FailedRows.Find(job.Request, result, end?.Rows, lines.Span) is { } error)
        {
            await FailAsync(job.Request, error, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fails the job, unless it has ended already. What is staged stays for a retry.</summary>
    public async Task FailAsync(JobRequest request, JobError error, CancellationToken cancellationToken)
    {
        var changed = false;
        var status = await storage.Records.ChangeStatusAsync(
            request.Id,
            status =>
            {
                changed = !status.IsFinal;
                return changed ? status with { State = JobState.Failed, Error = error, EndedAt = time.GetUtcNow() } : null;
            },
            cancellationToken).ConfigureAwait(false);
        if (changed)
        {
            LogFailed(request.Id, error.Code, error.Detail, error.Chunk);
            metrics.JobCompleted("failed", request.Model);
        }
        else if (status.State != JobState.Failed)
        {
            await TidyAsync(request, status.State, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fails the job if its timeout is over.</summary>
    /// <returns>Whether it is.</returns>
    public async Task<bool> FailIfLateAsync(JobRequest request, JobStatus status, CancellationToken cancellationToken)
    {
        if (status.Deadline is not { } deadline || time.GetUtcNow() < deadline)
        {
            return false;
        }

        var detail = string.Create(CultureInfo.InvariantCulture, $"The job did not end within its timeout of {request.Timeout?.TotalSeconds} s.");
        await FailAsync(request, new JobError(ErrorCode.DeadlineExceeded.Name(), detail), cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Does what is left behind a step that was given up: clears away what a cancelled job has left, or fails one whose timeout is over.</summary>
    public async Task SettleAsync(JobRequest request, CancellationToken cancellationToken)
    {
        if ((await storage.Records.FindStatusAsync(request.Id, cancellationToken).ConfigureAwait(false))?.Value is not { } status)
        {
            return;
        }

        if (status.State is JobState.Succeeded or JobState.Cancelled)
        {
            await TidyAsync(request, status.State, cancellationToken).ConfigureAwait(false);
        }
        else if (!status.IsFinal)
        {
            await FailIfLateAsync(request, status, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Records that a try ended with an exception. What another try can mend leaves the job open until the tries are used up; what it can't fails it now.</summary>
    /// <returns>Whether the job has failed.</returns>
    public async Task<bool> FailOrRetryAsync(JobRequest request, JobStatus status, Exception exception, CancellationToken cancellationToken)
    {
        var error = exception is ScoringException scoring
            ? JobError.From(scoring)
            : new JobError(ErrorCode.InferenceFailed.Name(), $"An unexpected failure ({exception.GetType().Name}); the log of try {status.Tries} has it.");
        LogTryFailed(Cause.Trace(exception), request.Id, status.Tries, error.Code, Cause.Of(exception));
        if ((exception is ScoringException known && JobFaults.IsPermanent(known.Code)) || status.Tries >= options.Value.MaxTries)
        {
            await FailAsync(request, error, cancellationToken).ConfigureAwait(false);
            return true;
        }

        await storage.Records.ChangeStatusAsync(
            request.Id,
            current => current.IsFinal ? null : current with { State = current.State == JobState.Running ? JobState.Running : JobState.Retrying, Error = error },
            cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <summary>Cancels the job, unless it has ended already.</summary>
    public async Task<JobStatus> CancelAsync(JobRequest request, CancellationToken cancellationToken)
    {
        var changed = false;
        var status = await storage.Records.ChangeStatusAsync(
            request.Id,
            status =>
            {
                changed = !status.IsFinal;
                return changed ? status with { State = JobState.Cancelled, EndedAt = time.GetUtcNow() } : null;
            },
            cancellationToken).ConfigureAwait(false);
        if (changed)
        {
            metrics.JobCompleted("cancelled", request.Model);
            await TidyAsync(request, JobState.Cancelled, cancellationToken).ConfigureAwait(false);
        }

        return status;
    }

    /// <summary>Clears away what a job has left once it has succeeded or was cancelled: only what was asked and how it ended stays.</summary>
    public async Task TidyAsync(JobRequest request, JobState state, CancellationToken cancellationToken)
    {
        await storage.TidyAsync(request.Id, cancellationToken).ConfigureAwait(false);
        await outputs.Of(request).SweepAsync(isCommitted: state == JobState.Succeeded, cancellationToken).ConfigureAwait(false);
    }

    private async Task TidyIfFinalAsync(JobRequest request, CancellationToken cancellationToken)
    {
        var status = await storage.Records.FindStatusAsync(request.Id, cancellationToken).ConfigureAwait(false);
        if (status?.Value.State is JobState.Succeeded or JobState.Cancelled)
        {
            await TidyAsync(request, status.Value.State, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SucceedAsync(PlannedJob job, int chunks, ChunkResult result, CancellationToken cancellationToken)
    {
        var changed = false;
        var ended = await storage.Records.ChangeStatusAsync(
            job.Id,
            status =>
            {
                // A commit is the truth, whatever was written into the status in the meantime.
                changed = status.State != JobState.Succeeded;
                return !changed ? null : status with
                {
                    State = JobState.Succeeded,
                    Error = null,
                    EndedAt = time.GetUtcNow(),
                    Version = job.Plan.Version,
                    Chunks = chunks,
                    Rows = result.Rows,
                    FailedRows = result.FailedRows,
                    IgnoredColumns = result.IgnoredColumns,
                };
            },
            cancellationToken).ConfigureAwait(false);
        if (changed)
        {
            LogSucceeded(job.Id, result.Rows, result.FailedRows, chunks);
            metrics.JobCompleted("succeeded", job.Request.Model);
            callers?.Add(ended.Caller ?? AuditLog.Queue, job.Request.Model, result.Rows);
        }

        await TidyAsync(job.Request, JobState.Succeeded, cancellationToken).ConfigureAwait(false);
    }

    // Blocks expire after seven days: whole groups are scored again, since a closed group has no markers of its chunks any more.
    private async Task ScoreLostAsync(PlannedJob job, IReadOnlyList<int> lost, CancellationToken cancellationToken)
    {
        var groups = lost.Select(ChunkMarkers.GroupOf).ToHashSet();
        LogBlocksLost(job.Id, lost.Count);
        var chunks = new List<Chunk>();
        for (var number = 0; await storage.Plans.FindSegmentAsync(job.Id, number, cancellationToken).ConfigureAwait(false) is { } segment; number++)
        {
            chunks.AddRange(segment.Chunks.Where(chunk => groups.Contains(ChunkMarkers.GroupOf(chunk.Number))));
        }

        await storage.Markers.ReopenAsync(job.Id, [.. chunks.Select(chunk => chunk.Number)], cancellationToken).ConfigureAwait(false);
        await queue.SendAllAsync(chunks.Select(chunk => StepMessage.OfChunk(job.Request, chunk, isSmall: false)), cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(EventId = 4003, Level = LogLevel.Information, Message = "Job {Job} succeeded: {Rows} rows, {FailedRows} of them bad, in {Chunks} chunks.")]
    private partial void LogSucceeded(string job, long rows, long failedRows, int chunks);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Error, Message = "Job {Job} failed: {Code}: {Detail} (chunk {Chunk})")]
    private partial void LogFailed(string job, string code, string detail, int? chunk);

    [LoggerMessage(EventId = 4005, Level = LogLevel.Warning, Message = "Job {Job}: {Count} staged blocks have expired; their groups are scored again.")]
    private partial void LogBlocksLost(string job, int count);

    [LoggerMessage(EventId = 4006, Level = LogLevel.Warning, Message = "Try {Tries} of job {Job} ended with {Code}: {Cause}")]
    private partial void LogTryFailed(Exception? exception, string job, int tries, string code, string cause);
}
