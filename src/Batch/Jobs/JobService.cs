using Scoring.Batch.Chunks;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;
using Scoring.Batch.Sources;
using Scoring.Batch.Storage;

namespace Scoring.Batch.Jobs;

/// <summary>What callers do with jobs: submit, look, list, cancel, retry. Thread safe.</summary>
public sealed class JobService
{
    /// <summary>Most jobs of a page.</summary>
    public const int MaxListed = 100;

    private readonly InputBlobs inputs;
    private readonly JobStorage storage;
    private readonly StepQueue queue;
    private readonly JobFinisher finisher;
    private readonly TimeProvider time;

    internal JobService(InputBlobs inputs, JobStorage storage, StepQueue queue, JobFinisher finisher, TimeProvider time)
    {
        this.inputs = inputs;
        this.storage = storage;
        this.queue = queue;
        this.finisher = finisher;
        this.time = time;
    }

    /// <summary>Reads a job's message; without an <c>id</c> it gets one.</summary>
    /// <exception cref="ScoringException">The bytes are no job's message; every fault is named.</exception>
    public static JobRequest Read(ReadOnlySpan<byte> message) => JobRequestParser.Parse(message, newId: Guid.NewGuid().ToString("N"));

    /// <summary>Stores the job and sends it. The same job again is sent again while it has not ended.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.JobConflict"/>, or the input's container is not allowed.</exception>
    public Task<JobView> SubmitAsync(JobRequest request, CancellationToken cancellationToken) => SubmitAsync(request, JobCaller.Storage, cancellationToken);

    /// <summary>The same for a caller, whose the job is from then on.</summary>
    /// <inheritdoc cref="SubmitAsync(JobRequest, CancellationToken)"/>
    public async Task<JobView> SubmitAsync(JobRequest request, JobCaller caller, CancellationToken cancellationToken)
    {
        if (request.Input is not null)
        {
            inputs.RequireAllowed(request.Input);
        }

        await storage.Records.CreateAsync(request, caller, cancellationToken).ConfigureAwait(false);
        var status = await storage.Records.ChangeStatusAsync(request.Id, status => status with { Caller = status.Caller ?? caller.Name }, cancellationToken).ConfigureAwait(false);
        if (status.State is not (JobState.Succeeded or JobState.Cancelled))
        {
            await queue.SendJobAsync(request.Id, cancellationToken).ConfigureAwait(false);
        }

        return await ShowAsync(request, status, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How the job stands.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.JobNotFound"/>: the id was never seen.</exception>
    public Task<JobView> ShowAsync(string id, CancellationToken cancellationToken) => ShowAsync(id, JobCaller.Storage, cancellationToken);

    /// <summary>The same for a caller, who finds no job of others.</summary>
    /// <inheritdoc cref="ShowAsync(string, CancellationToken)"/>
    public async Task<JobView> ShowAsync(string id, JobCaller caller, CancellationToken cancellationToken)
    {
        var request = JobId.IsValid(id) ? await storage.Records.FindRequestAsync(id, caller, cancellationToken).ConfigureAwait(false) : null;
        var rejection = JobId.IsValid(id) && (request is not null || caller.Sees(null)) ? (await storage.Records.FindRejectionAsync(id, cancellationToken).ConfigureAwait(false))?.Value : null;
        if (request is null)
        {
            return rejection is null ? throw NotFound(id) : ShowRejected(id, rejection);
        }

        var status = await storage.Records.FindStatusAsync(id, cancellationToken).ConfigureAwait(false);
        return await ShowAsync(request, status?.Value ?? new JobStatus { State = JobState.Queued, QueuedAt = time.GetUtcNow() }, rejection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A page of the jobs that the filter lets through, newest first. Jobs from before there was an index are not listed.</summary>
    /// <param name="after">The <see cref="JobList.Next"/> of the page before; null for the newest.</param>
    /// <param name="limit">Most jobs of the page, 1 to <see cref="MaxListed"/>.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: <paramref name="after"/> is not what a page gave.</exception>
    public Task<JobList> ListAsync(JobFilter filter, string? after, int limit, CancellationToken cancellationToken) => ListAsync(filter, JobCaller.Storage, after, limit, cancellationToken);

    /// <summary>The same for a caller, who finds no job of others.</summary>
    /// <inheritdoc cref="ListAsync(JobFilter, string?, int, CancellationToken)"/>
    public Task<JobList> ListAsync(JobFilter filter, JobCaller caller, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxListed);
        return new JobLister(storage).ListAsync(filter, caller, after, limit, cancellationToken);
    }

    /// <summary>Cancels the job; an ended one stays as it is.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.JobNotFound"/>.</exception>
    public Task<JobView> CancelAsync(string id, CancellationToken cancellationToken) => CancelAsync(id, JobCaller.Storage, cancellationToken);

    /// <summary>The same for a caller, who finds no job of others.</summary>
    /// <inheritdoc cref="CancelAsync(string, CancellationToken)"/>
    public async Task<JobView> CancelAsync(string id, JobCaller caller, CancellationToken cancellationToken)
    {
        var request = await FindAsync(id, caller, cancellationToken).ConfigureAwait(false);
        var status = await finisher.CancelAsync(request, cancellationToken).ConfigureAwait(false);
        return await ShowAsync(request, status, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets a failed job go on with what was staged, and sends the unfinished steps of one that is under way again; an ended job stays as it is.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.JobNotFound"/>.</exception>
    public Task<JobView> RetryAsync(string id, CancellationToken cancellationToken) => RetryAsync(id, JobCaller.Storage, cancellationToken);

    /// <summary>The same for a caller, who finds no job of others.</summary>
    /// <inheritdoc cref="RetryAsync(string, CancellationToken)"/>
    public async Task<JobView> RetryAsync(string id, JobCaller caller, CancellationToken cancellationToken)
    {
        var request = await FindAsync(id, caller, cancellationToken).ConfigureAwait(false);
        await storage.Failures.ForgetAsync(id, cancellationToken).ConfigureAwait(false);
        var status = await storage.Records.ChangeStatusAsync(
            id,
            status => status.State switch
            {
                JobState.Succeeded or JobState.Cancelled => null,
                JobState.Failed => status with { State = JobState.Queued, Resumes = true, Error = null, EndedAt = null, Deadline = null, Tries = 0 },
                _ => status with { Resumes = true },
            },
            cancellationToken).ConfigureAwait(false);
        if (!status.IsFinal)
        {
            await queue.SendJobAsync(id, cancellationToken).ConfigureAwait(false);
        }

        return await ShowAsync(request, status, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<JobRequest> FindAsync(string id, JobCaller caller, CancellationToken cancellationToken) =>
        (JobId.IsValid(id) ? await storage.Records.FindRequestAsync(id, caller, cancellationToken).ConfigureAwait(false) : null) ?? throw NotFound(id);

    private static ScoringException NotFound(string id) =>
        new(ErrorCode.JobNotFound, JobId.IsValid(id) ? $"No job '{id}' was ever seen." : $"No job can have this id; expected {JobId.Rule}.");

    private async Task<JobView> ShowAsync(JobRequest request, JobStatus status, JobRejection? rejection, CancellationToken cancellationToken)
    {
        var chunks = status.Chunks ?? 0;
        var result = new ChunkResult(status.Rows ?? 0, status.FailedRows ?? 0, status.IgnoredColumns);
        if (status.State != JobState.Succeeded)
        {
            var end = status is { Chunks: { } total, Rows: { } rows } ? new PlanEnd(total, rows) : null;
            (chunks, result) = await storage.Markers.MeasureAsync(request.Id, end, cancellationToken).ConfigureAwait(false);
        }

        var pace = JobPace.Measure(status, result.Rows, time.GetUtcNow());
        return new JobView(
            request.Id, status.State, request.Model, status.Version ?? request.Version, $"{BatchNames.Scores}/{request.OutputName}",
            status.QueuedAt, status.StartedAt, status.EndedAt, status.Tries,
            result.Rows, status.Rows, result.FailedRows, chunks, status.Chunks,
            pace.RowsPerSecond, pace.EstimatedEnd, result.IgnoredColumns, status.Error, Show(rejection));
    }

    private static JobView ShowRejected(string id, JobRejection rejection) => new(
        id, JobState.Failed, null, null, null, rejection.LastAt, null, rejection.LastAt, rejection.Tries,
        0, null, 0, 0, null, null, null, [], rejection.Error, Show(rejection));

    private static RejectedMessage? Show(JobRejection? rejection) =>
        rejection is null ? null : new RejectedMessage(rejection.Error.Code, rejection.Error.Detail, rejection.Tries, rejection.LastAt);

    /// <summary>How fast a job goes.</summary>
    private readonly record struct JobPace(double? RowsPerSecond, DateTimeOffset? EstimatedEnd)
    {
        public static JobPace Measure(JobStatus status, long rows, DateTimeOffset now)
        {
            var elapsed = (status.EndedAt ?? now) - status.StartedAt;
            if (rows == 0 || elapsed is not { TotalSeconds: > 0 })
            {
                return default;
            }

            var rate = rows / elapsed.Value.TotalSeconds;
            var isUnderWay = status is { State: JobState.Running, Rows: not null };
            return new JobPace(Math.Round(rate, 1), isUnderWay ? now.AddSeconds((status.Rows!.Value - rows) / rate) : null);
        }
    }
}
