using Scoring.Batch.Chunks;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;
using Scoring.Batch.Storage;
using Scoring.Telemetry;

namespace Scoring.Batch.Jobs;

/// <summary>
/// Starts the job of a message from <see cref="BatchNames.Requests"/>: scores a small one at once, begins the planning of a large one. Every message may
/// come twice, at the same time or after a crash, and changes nothing the second time. Thread safe.
/// </summary>
public sealed class JobStarter
{
    // A small job whose process died so often is scored as a step: what crashes there is counted apart from errors.
    private const int TriesAtOnce = 2;

    private readonly JobInbox inbox;
    private readonly JobStorage storage;
    private readonly JobPlanner planner;
    private readonly PlanningSteps steps;
    private readonly ChunkRunner chunks;
    private readonly JobFinisher finisher;
    private readonly StepQueue queue;
    private readonly AuditLog audit;

    internal JobStarter(JobInbox inbox, JobStorage storage, JobPlanner planner, PlanningSteps steps, ChunkRunner chunks, JobFinisher finisher, StepQueue queue, AuditLog audit)
    {
        this.inbox = inbox;
        this.storage = storage;
        this.planner = planner;
        this.steps = steps;
        this.chunks = chunks;
        this.finisher = finisher;
        this.queue = queue;
        this.audit = audit;
    }

    /// <summary>Does what the message asks.</summary>
    /// <param name="message">Raw JSON, or base64 of it.</param>
    /// <exception cref="ScoringException">The message is refused, or the job cannot start now. The reason is recorded, and the host tries again. A job that fails for good throws nothing; its status says why.</exception>
    public async Task StartAsync(string message, CancellationToken cancellationToken)
    {
        // 1. What is asked.
        var request = await inbox.AcceptAsync(message, cancellationToken).ConfigureAwait(false);
        using var activity = ScoringActivity.StartMessage(request.Id, request.TraceParent);

        // 2. Where it stands: an ended job stays as it is, a failed one goes on.
        var status = await storage.Records.TakeUpAsync(request, cancellationToken).ConfigureAwait(false);
        if (status.State is JobState.Succeeded or JobState.Cancelled)
        {
            await finisher.TidyAsync(request, status.State, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Over HTTP it was told when it was submitted.
        if (status is { Tries: 1, Resumes: false, Caller: null })
        {
            audit.Job(AuditLog.JobSubmitted, AuditLog.Queue, request.Id, request.Model);
        }

        if (await finisher.FailIfLateAsync(request, status, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        // 3. The work.
        try
        {
            await StartAsync(request, status, cancellationToken).ConfigureAwait(false);
        }
        catch (JobEndedException)
        {
            await finisher.SettleAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            activity.SetFailure(exception);
            if (!cancellationToken.IsCancellationRequested && await finisher.FailOrRetryAsync(request, status, exception, cancellationToken).ConfigureAwait(false))
            {
                // Failed for good: the message has done its work. Put back, it would take the job up again and fail it once more.
                return;
            }

            throw;
        }
    }

    private async Task StartAsync(JobRequest request, JobStatus status, CancellationToken cancellationToken)
    {
        if (await planner.NeedsFeaturesAsync(request, cancellationToken).ConfigureAwait(false))
        {
            await storage.Records.ChangeStatusAsync(request.Id, current => current.IsFinal || current.Error is null ? null : GoOn(current), cancellationToken).ConfigureAwait(false);
            await queue.SendAsync(StepMessage.OfFeatures(request), cancellationToken).ConfigureAwait(false);
            return;
        }

        var job = await planner.PrepareAsync(request, cancellationToken).ConfigureAwait(false);
        var isPlanned = status.State == JobState.Running;
        var isCrashing = status.Tries > TriesAtOnce && status.Error is null;
        if (!isPlanned && !isCrashing && await steps.FindOnlyChunkAsync(job, cancellationToken).ConfigureAwait(false) is { } only)
        {
            await chunks.RunOnlyAsync(job, only, cancellationToken).ConfigureAwait(false);
        }
        else if (status.Resumes)
        {
            await steps.ResumeAsync(job, cancellationToken).ConfigureAwait(false);
            await storage.Records.ChangeStatusAsync(request.Id, current => current.IsFinal ? null : GoOn(current) with { Resumes = false, Version = job.Plan.Version }, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await storage.Records.ChangeStatusAsync(request.Id, current => current.IsFinal || current is { Version: not null, Error: null } ? null : GoOn(current) with { Version = job.Plan.Version }, cancellationToken).ConfigureAwait(false);
            await queue.SendAsync(StepMessage.OfPlan(request, 0), cancellationToken).ConfigureAwait(false);
        }
    }

    // The try got further than the one that left the error.
    private static JobStatus GoOn(JobStatus status) => status with { State = status.State == JobState.Retrying ? JobState.Planning : status.State, Error = null };
}
