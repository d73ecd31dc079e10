using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Scoring.Batch.Chunks;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;
using Scoring.Telemetry;

namespace Scoring.Batch.Jobs;

/// <summary>Takes a step of a planned job from <see cref="BatchNames.Steps"/>, and from its poison queue those whose tries are used up. Thread safe.</summary>
internal sealed partial class StepRunner(
    JobStore store, PlannedJobCache jobs, JobPlanner planner, ChunkScorer scorer, ChunkMarkers markers, JobEnding ending, StepFailures failures,
    StepQueue queue, ScoringMetrics metrics, ILogger<StepRunner> logger)
{
    /// <summary>Does the step, unless it is done or its job has ended.</summary>
    /// <exception cref="Exception">What another try may mend; the host tries again.</exception>
    public async Task RunAsync(string message, CancellationToken cancellationToken)
    {
        var step = Read(message);
        if (await FindOpenAsync(step, cancellationToken).ConfigureAwait(false) is not { } job)
        {
            return;
        }

        using var activity = ScoringActivity.StartMessage(step.Job, step.TraceParent ?? job.TraceParent);
        try
        {
            await RunAsync(job, step, cancellationToken).ConfigureAwait(false);
        }
        catch (JobCancelledException)
        {
            await ending.TidyAsync(job, JobState.Cancelled, cancellationToken).ConfigureAwait(false);
        }
        catch (ScoringException exception) when (JobFaults.IsPermanent(exception.Code))
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            await ending.FailAsync(job, JobError.From(exception, step.Chunk?.Number), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            if (!cancellationToken.IsCancellationRequested && !JobFaults.IsOutage(exception))
            {
                LogTryFailed(exception, step.Job, step.Kind, step.Number);
                await failures.RecordAsync(step, exception, cancellationToken).ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Sends a step again that used up its tries by crashes; fails its job when the step ended with an error of its own, or crashed too often.</summary>
    public async Task RunPoisonAsync(string message, CancellationToken cancellationToken)
    {
        metrics.PoisonMessage(BatchNames.Steps);
        var step = Read(message);
        if (await FindOpenAsync(step, cancellationToken).ConfigureAwait(false) is not { } job)
        {
            return;
        }

        if (await failures.FindFinalAsync(step, cancellationToken).ConfigureAwait(false) is { } error)
        {
            await ending.FailAsync(job, error, cancellationToken).ConfigureAwait(false);
            return;
        }

        LogCrashed(step.Job, step.Kind, step.Number, step.Crashes + 1);
        await queue.SendAsync(step with { Crashes = step.Crashes + 1 }, cancellationToken).ConfigureAwait(false);
    }

    private static StepMessage Read(string message) =>
        JsonSerializer.Deserialize(MessageBody.Decode(message), JobsJson.Default.StepMessage) is { Job: not null } step && (step.Kind != StepKind.Chunk || step.Chunk is not null)
            ? step
            : throw new ScoringException(ErrorCode.InvalidJson, "The message is refused: it is no step of a job.");

    // A step of an ended job is a late duplicate: it clears away what it, or one like it, may have left behind the end.
    private async Task<JobRequest?> FindOpenAsync(StepMessage step, CancellationToken cancellationToken)
    {
        var status = (await store.FindStatusAsync(step.Job, cancellationToken).ConfigureAwait(false))?.Value;
        if (status is null || status.State == JobState.Failed)
        {
            LogDropped(step.Job, step.Kind, step.Number);
            return null;
        }

        var request = await jobs.FindRequestAsync(step.Job, cancellationToken).ConfigureAwait(false)
            ?? throw new IOException($"Job '{step.Job}' is not there any more.");
        if (!status.IsFinal)
        {
            return request;
        }

        await ending.TidyAsync(request, status.State, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task RunAsync(JobRequest request, StepMessage step, CancellationToken cancellationToken)
    {
        if (step.Kind == StepKind.Features)
        {
            await planner.PrepareAndStartAsync(request, cancellationToken).ConfigureAwait(false);
            return;
        }

        var job = await jobs.FindAsync(request, cancellationToken).ConfigureAwait(false)
            ?? throw new IOException($"The plan of job '{step.Job}' is not there yet, or any more.");
        await (step.Kind == StepKind.Plan
            ? planner.RunStepAsync(job, step.Number, cancellationToken)
            : ScoreAsync(job, step.Chunk!, cancellationToken)).ConfigureAwait(false);
    }

    private async Task ScoreAsync(PlannedJob job, Chunk chunk, CancellationToken cancellationToken)
    {
        if (!await markers.IsDoneAsync(job.Id, chunk.Number, cancellationToken).ConfigureAwait(false))
        {
            using var scored = await scorer.ScoreAsync(job, chunk, cancellationToken).ConfigureAwait(false);
            await ending.OutputOf(job.Request).StageAsync(chunk.Number, scored.Output, cancellationToken).ConfigureAwait(false);
            await markers.MarkAsync(job.Id, chunk.Number, scored.Result, cancellationToken).ConfigureAwait(false);
        }

        await ending.TryFinishAsync(job, ChunkMarkers.GroupOf(chunk.Number), cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A try of job {Job}, {Kind} {Number}, failed.")]
    private partial void LogTryFailed(Exception exception, string job, StepKind kind, int number);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}, {Kind} {Number}: used up its tries by crashes, {Crashes} times now; it is sent again.")]
    private partial void LogCrashed(string job, StepKind kind, int number, int crashes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}, {Kind} {Number}: dropped, since the job is unknown or has failed.")]
    private partial void LogDropped(string job, StepKind kind, int number);
}
