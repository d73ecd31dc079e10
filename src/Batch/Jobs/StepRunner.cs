using System.Text.Json;
using Microsoft.Extensions.Logging;
using Scoring.Batch.Chunks;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;
using Scoring.Batch.Storage;
using Scoring.Telemetry;

namespace Scoring.Batch.Jobs;

/// <summary>
/// Runs a step of a planned job from <see cref="BatchNames.Steps"/> or <see cref="BatchNames.FirstSteps"/>, and takes from their poison queues those whose tries are used up. Every message may come
/// twice, at the same time or after a crash, and changes nothing the second time. Thread safe.
/// </summary>
public sealed partial class StepRunner
{
    private readonly JobStorage storage;
    private readonly PlanningSteps planning;
    private readonly ChunkRunner chunks;
    private readonly JobFinisher finisher;
    private readonly StepQueue queue;
    private readonly ScoringMetrics metrics;
    private readonly ILogger<StepRunner> logger;

    internal StepRunner(JobStorage storage, PlanningSteps planning, ChunkRunner chunks, JobFinisher finisher, StepQueue queue, ScoringMetrics metrics, ILogger<StepRunner> logger)
    {
        this.storage = storage;
        this.planning = planning;
        this.chunks = chunks;
        this.finisher = finisher;
        this.queue = queue;
        this.metrics = metrics;
        this.logger = logger;
    }

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
        catch (JobEndedException)
        {
            await finisher.SettleAsync(job, cancellationToken).ConfigureAwait(false);
        }
        catch (ScoringException exception) when (JobFaults.IsPermanent(exception.Code))
        {
            activity.SetFailure(exception);
            await finisher.FailAsync(job, JobError.From(exception, step.Chunk?.Number), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            activity.SetFailure(exception);
            if (!cancellationToken.IsCancellationRequested && !JobFaults.IsOutage(exception))
            {
                LogTryFailed(exception, step.Job, step.Kind, step.Number);
                await storage.Failures.RecordAsync(step, exception, cancellationToken).ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Takes a step whose tries are used up. It is sent again if the process crashed; the job fails if the step ended with an error, or crashed too often.</summary>
    public async Task RunPoisonAsync(string message, CancellationToken cancellationToken)
    {
        metrics.PoisonMessage(BatchNames.Steps);
        var step = Read(message);
        if (await FindOpenAsync(step, cancellationToken).ConfigureAwait(false) is not { } job)
        {
            return;
        }

        if (await storage.Failures.FindFinalAsync(step, cancellationToken).ConfigureAwait(false) is { } error)
        {
            await finisher.FailAsync(job, error, cancellationToken).ConfigureAwait(false);
            return;
        }

        LogCrashed(step.Job, step.Kind, step.Number, step.Crashes + 1);
        await queue.SendAsync(step with { Crashes = step.Crashes + 1 }, cancellationToken).ConfigureAwait(false);
    }

    private static StepMessage Read(string message) =>
        JsonSerializer.Deserialize(MessageBody.Decode(message), JobsJson.Default.StepMessage) is { Job: not null } step && (step.Kind != StepKind.Chunk || step.Chunk is not null)
            ? step
            : throw new ScoringException(ErrorCode.InvalidJson, "The message is refused: it is no step of a job.");

    // A step of a job that has ended is a late duplicate. It clears away what duplicates wrote after the end.
    private async Task<JobRequest?> FindOpenAsync(StepMessage step, CancellationToken cancellationToken)
    {
        var status = (await storage.Records.FindStatusAsync(step.Job, cancellationToken).ConfigureAwait(false))?.Value;
        if (status is null || status.State == JobState.Failed)
        {
            LogDropped(step.Job, step.Kind, step.Number);
            return null;
        }

        var request = await storage.Planned.FindRequestAsync(step.Job, cancellationToken).ConfigureAwait(false)
            ?? throw new IOException($"Job '{step.Job}' is not there any more.");
        if (!status.IsFinal)
        {
            return await finisher.FailIfLateAsync(request, status, cancellationToken).ConfigureAwait(false) ? null : request;
        }

        await finisher.TidyAsync(request, status.State, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task RunAsync(JobRequest request, StepMessage step, CancellationToken cancellationToken)
    {
        if (step.Kind == StepKind.Features)
        {
            await planning.BeginAsync(request, cancellationToken).ConfigureAwait(false);
            return;
        }

        var job = await storage.Planned.FindAsync(request, cancellationToken).ConfigureAwait(false)
            ?? throw new IOException($"The plan of job '{step.Job}' is not there yet, or any more.");
        await (step.Kind == StepKind.Plan
            ? planning.RunAsync(job, step.Number, cancellationToken)
            : chunks.RunAsync(job, step.Chunk!, step.IsFirst, cancellationToken)).ConfigureAwait(false);
    }

    [LoggerMessage(EventId = 4008, Level = LogLevel.Warning, Message = "A try of job {Job}, {Kind} {Number}, failed.")]
    private partial void LogTryFailed(Exception exception, string job, StepKind kind, int number);

    [LoggerMessage(EventId = 4009, Level = LogLevel.Warning, Message = "Job {Job}, {Kind} {Number}: used up its tries by crashes, {Crashes} times now; it is sent again.")]
    private partial void LogCrashed(string job, StepKind kind, int number, int crashes);

    [LoggerMessage(EventId = 4010, Level = LogLevel.Information, Message = "Job {Job}, {Kind} {Number}: dropped, since the job is unknown or has failed.")]
    private partial void LogDropped(string job, StepKind kind, int number);
}
