using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Storage;

namespace Scoring.Batch.Planning;

/// <summary>Cuts a planned job into chunks in steps, each of which may be repeated: what an earlier try stored is used, what it sent is not sent again. Thread safe.</summary>
internal sealed class PlanningSteps(JobPlanner planner, PlanScanner scanner, JobStorage storage, StepQueue queue, JobFinisher finisher, TimeProvider time)
{
    // How long one invocation goes on unpacking; then another one unpacks the source from its start once.
    private static readonly TimeSpan MaxUnpacking = TimeSpan.FromMinutes(5);

    // A job of no more chunks than this is a small one.
    private const int SmallJobChunks = 8;

    /// <summary>Makes the job's features and its plan, and sends the first planning step.</summary>
    public async Task BeginAsync(JobRequest request, CancellationToken cancellationToken)
    {
        var job = await planner.PrepareAsync(request, cancellationToken).ConfigureAwait(false);
        await storage.Records.ChangeStatusAsync(
            request.Id,
            status => status.IsFinal || status.Version is not null ? null : status with { Version = job.Plan.Version },
            cancellationToken).ConfigureAwait(false);
        await queue.SendAsync(StepMessage.OfPlan(request, 0), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The single chunk of a job that fits into one; null when it does not.</summary>
    public async Task<Chunk?> FindOnlyChunkAsync(PlannedJob job, CancellationToken cancellationToken)
    {
        var plan = job.Plan;
        if (job.Request.Input is null)
        {
            return new Chunk(0, 0, job.Request.CountInstances(), []);
        }

        if (plan.TotalBytes > plan.ChunkBytes || plan.Sources.Count > Chunk.MaxPieces || plan.Sources.Any(source => source.IsPacked))
        {
            return null;
        }

        await using var scan = scanner.Start(job.Id, plan, Start(plan));
        var segment = await scanner.NextAsync(scan, cancellationToken).ConfigureAwait(false);
        return segment switch
        {
            { Next: null, Chunks: [] } => new Chunk(0, 0, 0, []),
            { Next: null, Chunks: [var only] } => only,
            _ => null,
        };
    }

    /// <summary>
    /// One planning step: 1 scan a bounded part of the input, 2 store what was found, 3 send its chunks and the next step,
    /// 4 after the last one, store the job's size and see whether its chunks are done already. Inside a packed source the next step is done at once
    /// instead of sent, since another invocation would unpack the source from its start again: this step's message stays the one that brings all of them about.
    /// </summary>
    public async Task RunAsync(PlannedJob job, int number, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        PlanScan? scan = null;
        try
        {
            while (true)
            {
                var segment = await storage.Plans.FindSegmentAsync(job.Id, number, cancellationToken).ConfigureAwait(false);
                if (segment is null)
                {
                    scan ??= scanner.Start(job.Id, job.Plan, await FindStartAsync(job, number, cancellationToken).ConfigureAwait(false));
                    segment = job.Request.Input is null
                        ? new PlanSegment(job.Request.CountInstances() is > 0 and var rows ? [new Chunk(0, 0, rows, [])] : [], Next: null)
                        : await scanner.NextAsync(scan, cancellationToken).ConfigureAwait(false);
                    await storage.Plans.CreateSegmentAsync(job.Id, number, segment, cancellationToken).ConfigureAwait(false);
                }
                else if (scan is not null)
                {
                    // Another try is ahead of this one.
                    await scan.DisposeAsync().ConfigureAwait(false);
                    scan = null;
                }

                var goesOn = segment.Next is { } next && IsInside(job.Plan, next) && time.GetElapsedTime(started) < MaxUnpacking;
                await SendAsync(job, number, segment, withNext: segment.Next is not null && !goesOn, cancellationToken).ConfigureAwait(false);
                if (segment.Next is null)
                {
                    await EndAsync(job, number, segment, cancellationToken).ConfigureAwait(false);
                }

                if (!goesOn || (await storage.Records.FindStatusAsync(job.Id, cancellationToken).ConfigureAwait(false))?.Value.IsFinal != false)
                {
                    return;
                }

                number++;
            }
        }
        finally
        {
            if (scan is not null)
            {
                await scan.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends every step of a job that is not done, as far as it was planned.</summary>
    public async Task ResumeAsync(PlannedJob job, CancellationToken cancellationToken)
    {
        var isDone = await storage.Markers.ListDoneAsync(job.Id, cancellationToken).ConfigureAwait(false);
        var number = 0;
        while (await storage.Plans.FindSegmentAsync(job.Id, number, cancellationToken).ConfigureAwait(false) is { } segment)
        {
            var isSmall = IsSmall(number, segment);
            var unfinished = segment.Chunks.Where(chunk => !isDone(chunk.Number));
            await queue.SendAllAsync(unfinished.Select(chunk => StepMessage.OfChunk(job.Request, chunk, isSmall)), cancellationToken).ConfigureAwait(false);
            number++;
            if (segment.Next is null)
            {
                // The last step again, which looks whether all is done.
                number--;
                break;
            }
        }

        await queue.SendAsync(StepMessage.OfPlan(job.Request, number), cancellationToken).ConfigureAwait(false);
    }

    private static bool IsInside(JobPlan plan, PlanPosition position) => plan.Sources[position.Source] is { IsPacked: true } source && position.Offset > source.Start;

    private async Task SendAsync(PlannedJob job, int number, PlanSegment segment, bool withNext, CancellationToken cancellationToken)
    {
        if (await storage.Plans.IsSentAsync(job.Id, number, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await queue.SendAllAsync(segment.Chunks.Select(chunk => StepMessage.OfChunk(job.Request, chunk, IsSmall(number, segment))), cancellationToken).ConfigureAwait(false);
        if (withNext)
        {
            await queue.SendAsync(StepMessage.OfPlan(job.Request, number + 1), cancellationToken).ConfigureAwait(false);
        }

        await storage.Plans.MarkSentAsync(job.Id, number, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsSmall(int number, PlanSegment segment) => number == 0 && segment.Next is null && segment.Chunks.Count <= SmallJobChunks;

    private static PlanPosition Start(JobPlan plan) => new(0, plan.Sources is [var first, ..] ? first.Start : 0, 0, 0);

    private async Task<PlanPosition> FindStartAsync(PlannedJob job, int number, CancellationToken cancellationToken)
    {
        if (number == 0)
        {
            return Start(job.Plan);
        }

        var before = await storage.Plans.FindSegmentAsync(job.Id, number - 1, cancellationToken).ConfigureAwait(false);
        return before?.Next ?? throw new IOException($"Planning step {number} of job '{job.Id}' came without the step before it.");
    }

    private async Task EndAsync(PlannedJob job, int number, PlanSegment last, CancellationToken cancellationToken)
    {
        // The last step may have found no records: the last chunk is then an earlier step's.
        for (var before = number; last.Chunks.Count == 0 && before > 0;)
        {
            last = await storage.Plans.FindSegmentAsync(job.Id, --before, cancellationToken).ConfigureAwait(false)
                ?? throw new IOException($"Planning step {before} of job '{job.Id}' went away.");
        }

        var end = last.Chunks is [.., var chunk] ? new PlanEnd(chunk.Number + 1, chunk.FirstRow + chunk.Rows) : new PlanEnd(0, 0);
        await storage.Plans.CreateEndAsync(job.Id, end, cancellationToken).ConfigureAwait(false);
        await storage.Records.ChangeStatusAsync(
            job.Id,
            status => status.State is JobState.Planning or JobState.Queued or JobState.Retrying ? status with { State = JobState.Running, Chunks = end.Chunks, Rows = end.Rows } : null,
            cancellationToken).ConfigureAwait(false);
        await finisher.FailEarlyAsync(job, default, cancellationToken).ConfigureAwait(false);
        await finisher.TryFinishAsync(job, ChunkMarkers.GroupOf(Math.Max(0, end.Chunks - 1)), cancellationToken).ConfigureAwait(false);
    }
}
