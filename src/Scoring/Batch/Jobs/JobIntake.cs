using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Batch.Chunks;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;
using Scoring.Telemetry;

namespace Scoring.Batch.Jobs;

/// <summary>Takes a message from <see cref="BatchNames.Requests"/>: scores a small job at once, starts the planning of a large one. Thread safe.</summary>
internal sealed partial class JobIntake(
    JobStore store, JobPlanner planner, ChunkScorer scorer, JobEnding ending, StepQueue queue, ScoringMetrics metrics,
    IOptions<BatchOptions> options, TimeProvider time, ILogger<JobIntake> logger)
{
    // A small job whose process died so often is scored as a step: what crashes there is counted apart from errors.
    private const int TriesAtOnce = 2;
    private const int RefusedIdLength = 16;

    /// <exception cref="ScoringException">The message is refused, or its job is not to be had now: the reason is recorded, and the host tries again. A job that fails for good is no exception: its status tells.</exception>
    public async Task ProcessAsync(string message, CancellationToken cancellationToken)
    {
        // 1. What is asked.
        var request = await AcceptAsync(message, cancellationToken).ConfigureAwait(false);
        using var activity = ScoringActivity.StartMessage(request.Id, request.TraceParent);

        // 2. Where it stands: an ended job stays as it is, a failed one goes on.
        var status = await TakeUpAsync(request.Id, cancellationToken).ConfigureAwait(false);
        if (status.State is JobState.Succeeded or JobState.Cancelled)
        {
            await ending.TidyAsync(request, status.State, cancellationToken).ConfigureAwait(false);
            return;
        }

        // 3. The work.
        try
        {
            await StartAsync(request, status, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            if (!cancellationToken.IsCancellationRequested && await RecordAsync(request, status, exception, cancellationToken).ConfigureAwait(false))
            {
                // Failed for good: the message has done its work. Put back, it would take the job up again and fail it once more.
                return;
            }

            throw;
        }
    }

    private async Task<JobRequest> AcceptAsync(string message, CancellationToken cancellationToken)
    {
        var body = Array.Empty<byte>();
        try
        {
            body = MessageBody.Decode(message);
            if (StoredJob.FindId(body) is { } id)
            {
                return await store.FindRequestAsync(id, cancellationToken).ConfigureAwait(false)
                    ?? throw new ScoringException(ErrorCode.JobNotFound, $"No job '{id}' is stored.");
            }

            var request = JobRequestParser.Parse(body);
            await store.CreateAsync(request, cancellationToken).ConfigureAwait(false);
            return request;
        }
        catch (ScoringException exception)
        {
            await RefuseAsync(JobRequestParser.FindId(body) ?? RefusedId(message), JobError.From(exception), cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    // A message whose id cannot be made out is known by its content.
    private static string RefusedId(string message) => $"refused-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message)))[..RefusedIdLength]}";

    private async Task RefuseAsync(string id, JobError error, CancellationToken cancellationToken)
    {
        LogRefused(id, error.Code, error.Detail);
        GiveUpBehind(await store.RejectAsync(id, error, cancellationToken).ConfigureAwait(false));
    }

    // The host puts a message aside behind its last try and tells nobody.
    private void GiveUpBehind(int tries)
    {
        if (tries % options.Value.MaxTries == 0)
        {
            metrics.PoisonMessage(BatchNames.Requests);
        }
    }

    private Task<JobStatus> TakeUpAsync(string id, CancellationToken cancellationToken) => store.ChangeStatusAsync(
        id,
        status => status.State is JobState.Succeeded or JobState.Cancelled ? null : status with
        {
            State = status.State is JobState.Running or JobState.Retrying ? status.State : JobState.Planning,
            Resumes = status.Resumes || status.State == JobState.Failed,
            Tries = status.Tries + 1,
            StartedAt = status.StartedAt ?? time.GetUtcNow(),
            EndedAt = null,
        },
        cancellationToken);

    private async Task StartAsync(JobRequest request, JobStatus status, CancellationToken cancellationToken)
    {
        if (await planner.NeedsFeaturesAsync(request, cancellationToken).ConfigureAwait(false))
        {
            await store.ChangeStatusAsync(request.Id, current => current.IsFinal || current.Error is null ? null : GoOn(current), cancellationToken).ConfigureAwait(false);
            await queue.SendAsync(new StepMessage(request.Id, StepKind.Features, 0), cancellationToken).ConfigureAwait(false);
            return;
        }

        var job = await planner.PrepareAsync(request, cancellationToken).ConfigureAwait(false);
        var isPlanned = status.State == JobState.Running;
        var isCrashing = status.Tries > TriesAtOnce && status.Error is null;
        if (!isPlanned && !isCrashing && await planner.FindOnlyChunkAsync(job, cancellationToken).ConfigureAwait(false) is { } only)
        {
            await ScoreAtOnceAsync(job, only, cancellationToken).ConfigureAwait(false);
        }
        else if (status.Resumes)
        {
            await planner.ResumeAsync(job, cancellationToken).ConfigureAwait(false);
            await store.ChangeStatusAsync(request.Id, current => current.IsFinal ? null : GoOn(current) with { Resumes = false, Version = job.Plan.Version }, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await store.ChangeStatusAsync(request.Id, current => current.IsFinal || current is { Version: not null, Error: null } ? null : GoOn(current) with { Version = job.Plan.Version }, cancellationToken).ConfigureAwait(false);
            await queue.SendAsync(new StepMessage(request.Id, StepKind.Plan, 0), cancellationToken).ConfigureAwait(false);
        }
    }

    // The try got further than the one that left the error.
    private static JobStatus GoOn(JobStatus status) => status with { State = status.State == JobState.Retrying ? JobState.Planning : status.State, Error = null };

    private async Task ScoreAtOnceAsync(PlannedJob job, Chunk only, CancellationToken cancellationToken)
    {
        using var scored = await scorer.ScoreAsync(job, only, cancellationToken).ConfigureAwait(false);
        var chunks = scored.Result.Rows == 0 ? 0 : 1;
        if (chunks > 0)
        {
            await ending.OutputOf(job.Request).StageAsync(0, scored.Output, cancellationToken).ConfigureAwait(false);
        }

        await ending.CommitAsync(job, chunks, scored.Result, cancellationToken).ConfigureAwait(false);
    }

    // What another try can mend leaves the job open until the tries are used up; what it can't fails it now: true then.
    private async Task<bool> RecordAsync(JobRequest request, JobStatus status, Exception exception, CancellationToken cancellationToken)
    {
        var error = exception is ScoringException scoring
            ? JobError.From(scoring)
            : new JobError(ErrorCode.InferenceFailed.Name(), $"An unexpected failure ({exception.GetType().Name}); the log of try {status.Tries} has it.");
        LogTryFailed(exception, request.Id, status.Tries, error.Code);
        if ((exception is ScoringException known && JobFaults.IsPermanent(known.Code)) || status.Tries >= options.Value.MaxTries)
        {
            await ending.FailAsync(request, error, cancellationToken).ConfigureAwait(false);
            return true;
        }

        await store.ChangeStatusAsync(
            request.Id,
            current => current.IsFinal ? null : current with { State = current.State == JobState.Running ? JobState.Running : JobState.Retrying, Error = error },
            cancellationToken).ConfigureAwait(false);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A message for job {Job} is refused: {Code}: {Detail}")]
    private partial void LogRefused(string job, string code, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Try {Tries} of job {Job} ended with {Code}.")]
    private partial void LogTryFailed(Exception exception, string job, int tries, string code);
}
