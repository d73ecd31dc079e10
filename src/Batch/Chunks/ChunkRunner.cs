using Scoring.Batch.Jobs;
using Scoring.Batch.Outputs;
using Scoring.Batch.Planning;
using Scoring.Batch.Storage;

namespace Scoring.Batch.Chunks;

/// <summary>Scores a chunk, stages its lines and looks whether it was the job's last. Thread safe.</summary>
internal sealed class ChunkRunner(ChunkScorer scorer, JobOutputs outputs, JobStorage storage, StepWatch watch, JobFinisher finisher)
{
    /// <summary>One chunk of several: nothing is scored where it is staged already.</summary>
    /// <param name="isFirst">Whether it goes before the chunks of large jobs.</param>
    public async Task RunAsync(PlannedJob job, Chunk chunk, bool isFirst, CancellationToken cancellationToken)
    {
        if (!await storage.Markers.IsDoneAsync(job.Id, chunk.Number, cancellationToken).ConfigureAwait(false))
        {
            using var scored = await watch.RunAsync(job.Id, token => scorer.ScoreAsync(job, chunk, isFirst, token), cancellationToken).ConfigureAwait(false);
            await outputs.Of(job.Request).StageAsync(chunk.Number, scored.Output, cancellationToken).ConfigureAwait(false);
            await storage.Markers.MarkAsync(job.Id, chunk.Number, scored.Result, cancellationToken).ConfigureAwait(false);
            if (scored.Result.FailedRows > 0)
            {
                await finisher.FailEarlyAsync(job, scored.Output, cancellationToken).ConfigureAwait(false);
            }
        }

        await finisher.TryFinishAsync(job, ChunkMarkers.GroupOf(chunk.Number), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The only chunk of a small job: scored, staged and committed at once, without a marker.</summary>
    public async Task RunOnlyAsync(PlannedJob job, Chunk only, CancellationToken cancellationToken)
    {
        using var scored = await watch.RunAsync(job.Id, token => scorer.ScoreAsync(job, only, isFirst: true, token), cancellationToken).ConfigureAwait(false);
        if (FailedRows.Find(job.Request, scored.Result, scored.Result.Rows, scored.Output.Span) is { } tooMany)
        {
            await finisher.FailAsync(job.Request, tooMany, cancellationToken).ConfigureAwait(false);
            return;
        }

        var chunks = scored.Result.Rows == 0 ? 0 : 1;
        if (chunks > 0)
        {
            await outputs.Of(job.Request).StageAsync(0, scored.Output, cancellationToken).ConfigureAwait(false);
        }

        await finisher.CommitAsync(job, chunks, scored.Result, cancellationToken).ConfigureAwait(false);
    }
}
