namespace Scoring.Serving;

/// <content>Requests that share a run.</content>
public sealed partial class RunGate
{
    // Held back by their models' wish; they count as waiting for the limit, not yet for a slot.
    private readonly LinkedList<RunWaiter> heldBack = new();

    private bool IsLineFull => requests.Count + heldBack.Count >= maxQueuedRequests;

    /// <summary>Holds a request back for others to come, then waits as <see cref="EnterAsync(RunKind, ScoringBatch?, CancellationToken)"/> does; a run that starts meanwhile may take it along.</summary>
    /// <param name="batch">What is to be run.</param>
    /// <param name="delay">How long it is held back.</param>
    /// <param name="time">Counts the delay.</param>
    /// <param name="cancellationToken">The caller's deadline, or its leaving.</param>
    /// <exception cref="ScoringException">As <see cref="EnterAsync(RunKind, CancellationToken)"/> tells.</exception>
    public async ValueTask<RunSlot> HoldBackAsync(ScoringBatch batch, TimeSpan delay, TimeProvider time, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            throw DeadlineExceeded();
        }

        RunWaiter waiter;
        lock (gate)
        {
            if (IsLineFull)
            {
                throw Overloaded();
            }

            waiter = new RunWaiter(this, heldBack, batch);
            waiter.Watch(cancellationToken);
        }

        await using var timer = time.CreateTimer(_ => LineUp(waiter), null, delay, Timeout.InfiniteTimeSpan);
        return await waiter.Task.ConfigureAwait(false);
    }

    /// <summary>Takes those out of the line of requests that may share a run with a batch, the longest waiting first, up to so many rows and batches in all.</summary>
    internal List<RunWaiter> TakeMerged(ScoringBatch batch, int maxRows, int maxBatches)
    {
        List<RunWaiter> merged = [];
        lock (gate)
        {
            // Those that wait are shared out among the runs that may go on at once: one that took all would leave the next to free itself without work.
            var share = (requests.Count + slots) / slots;
            var rows = Take(requests, batch, maxRows - batch.Count, Math.Min(maxBatches, share) - 1, merged);
            Interlocked.Add(ref state, -OneWaiter * merged.Count);
            Take(heldBack, batch, rows, maxBatches - 1, merged);
        }

        return merged;
    }

    // Gives back the room that is left.
    private static int Take(LinkedList<RunWaiter> line, ScoringBatch batch, int rows, int maxWaiters, List<RunWaiter> merged)
    {
        for (var node = line.First; node is not null && rows > 0 && merged.Count < maxWaiters;)
        {
            var waiter = node.Value;
            node = node.Next;
            if (waiter.Batch is { } other && other.Count <= rows && batch.GoesWith(other))
            {
                waiter.TryLeaveLine();
                merged.Add(waiter);
                rows -= other.Count;
            }
        }

        return rows;
    }

    // Its time is over: the next free run is its own.
    private void LineUp(RunWaiter waiter)
    {
        lock (gate)
        {
            if (!waiter.IsIn(heldBack))
            {
                return;
            }

            waiter.TryLeaveLine();
            while (!TryTake())
            {
                var seen = Volatile.Read(ref state);
                if ((int)seen == 0 && Interlocked.CompareExchange(ref state, seen + OneWaiter, seen) == seen)
                {
                    waiter.LineUp(requests);
                    return;
                }
            }
        }

        waiter.Grant(new RunSlot(this));
    }
}
