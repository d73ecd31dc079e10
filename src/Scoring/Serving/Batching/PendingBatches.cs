namespace Scoring.Serving.Batching;

/// <summary>
/// The batches that wait at a gate, in the order in which they asked for a slot, and apart from them those that are held back by their model's wish. Thread safe.
/// </summary>
/// <remarks>
/// A batch is listed from when its caller begins to wait until that caller goes on or another run takes the batch along. So the rows of a listed batch do not change,
/// and may be looked at under <see cref="sync"/>. That lock is taken before the gate's own, never behind it.
/// </remarks>
internal sealed class PendingBatches(RunGate gate)
{
    private readonly Lock sync = new();
    private readonly LinkedList<PendingBatch> inLine = new();
    private readonly LinkedList<PendingBatch> heldBack = new();

    /// <summary>Lists a batch.</summary>
    public void Add(PendingBatch pending, bool isHeldBack)
    {
        lock (sync)
        {
            (isHeldBack ? heldBack : inLine).AddLast(pending.Listing);
        }
    }

    /// <summary>Lists a batch no longer; without effect where it was taken along.</summary>
    public void Remove(PendingBatch pending)
    {
        lock (sync)
        {
            pending.Listing.List?.Remove(pending.Listing);
        }
    }

    /// <summary>The delay of a batch is over: it asks for a slot.</summary>
    public void Release(PendingBatch pending)
    {
        lock (sync)
        {
            if (pending.Listing.List == heldBack)
            {
                heldBack.Remove(pending.Listing);
                inLine.AddLast(pending.Listing);
            }
        }

        gate.LineUpReserved(pending);
    }

    /// <summary>Takes those along that may share a run with a batch, the longest waiting first. Each is to be completed or failed by the caller.</summary>
    /// <param name="batch">What was granted a slot.</param>
    /// <param name="maxRows">Most rows of the run, those of <paramref name="batch"/> included.</param>
    /// <param name="maxBatchSize">Most batches of the run, <paramref name="batch"/> included.</param>
    public List<PendingBatch> Take(ScoringBatch batch, int maxRows, int maxBatchSize)
    {
        List<PendingBatch> taken = [];
        lock (sync)
        {
            // Each of the runs that may go on at once gets an equal share of the line: a run that took all of it would leave the next slot without work.
            var share = (gate.AskingOf(batch.Model) + gate.Slots) / gate.Slots;
            var rowsLeft = Take(inLine, batch, maxRows - batch.Count, Math.Min(maxBatchSize, share) - 1, taken);
            Take(heldBack, batch, rowsLeft, maxBatchSize - 1, taken);
        }

        return taken;
    }

    // Returns how many rows the run has room for still.
    private int Take(LinkedList<PendingBatch> list, ScoringBatch batch, int rowsLeft, int maxTaken, List<PendingBatch> taken)
    {
        for (var node = list.First; node is not null && rowsLeft > 0 && taken.Count < maxTaken;)
        {
            var pending = node.Value;
            node = node.Next;
            var rows = pending.Batch.Count;
            if (rows <= rowsLeft && BatchShape.CanShare(batch, pending.Batch) && gate.TryWithdraw(pending, isTakenAlong: true))
            {
                list.Remove(pending.Listing);
                taken.Add(pending);
                rowsLeft -= rows;
            }
        }

        return rowsLeft;
    }
}
