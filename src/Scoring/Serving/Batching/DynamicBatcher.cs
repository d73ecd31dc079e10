using System.Diagnostics;
using Scoring.Inference;

namespace Scoring.Serving.Batching;

/// <summary>
/// The run of a batch that had to wait: those that wait behind it with rows of the same model and shape come along where that pays. A merged batch that is refused is run
/// batch by batch, so that a row at fault fails its own request alone.
/// </summary>
public static class DynamicBatcher
{
    /// <summary>Runs the batch, and others with it, and gives the slot back before any of the others goes on.</summary>
    /// <remarks>What a thread queues last it does first: the next run, were its slot given back behind the answers, would keep them waiting.</remarks>
    /// <param name="batch">What was granted the slot.</param>
    /// <param name="gate">Where the others wait.</param>
    /// <param name="slot">Disposed of here, whatever happens.</param>
    /// <param name="cancellationToken">Of this batch alone.</param>
    /// <param name="limit">Ends the run once no caller of it waits; null for a run that nobody ends.</param>
    /// <returns>Rows that were run, and the time of the run.</returns>
    /// <exception cref="ScoringException">As <see cref="ScoringBatch.Run(RunLimit?, CancellationToken)"/> tells, of this batch alone; the others get their own.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two parts of a batch that ran alone.</exception>
    public static (int Rows, TimeSpan Time) Run(ScoringBatch batch, RunGate gate, RunSlot slot, CancellationToken cancellationToken, RunLimit? limit = null)
    {
        MergedBatch? merged = null;
        try
        {
            using (slot)
            {
                var policy = batch.Model.Batching;
                var tuner = policy.For(batch);
                var others = tuner is null ? [] : gate.TakeMerged(batch, policy.MaxRows, tuner.MaxBatches);
                if (others.Count > 0)
                {
                    merged = new MergedBatch(batch, others, limit);
                    return merged.Run(policy, tuner!);
                }

                var start = Stopwatch.GetTimestamp();
                batch.Run(limit, cancellationToken);
                return (batch.Count, Stopwatch.GetElapsedTime(start));
            }
        }
        finally
        {
            // Whatever happened, nobody waits for ever.
            merged?.Answer();
        }
    }
}
