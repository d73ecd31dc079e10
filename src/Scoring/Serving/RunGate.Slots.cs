namespace Scoring.Serving;

/// <content>Slots that come back, and who has them next.</content>
public sealed partial class RunGate
{
    private void Return(ModelLine? line, int replacement)
    {
        lock (gate)
        {
            Shut();
            limits.Replaced += replacement;
            if (line is not null)
            {
                limits.Ended(line);
            }

            if (replacement == 0 && tooMany > 0)
            {
                tooMany--;
                if (tooManySpares > 0)
                {
                    tooManySpares--;
                }
                else
                {
                    limits.Replaced--;
                }
            }
            else
            {
                idle++;
            }

            var now = time.GetTimestamp();
            if (limits.IsDue(now))
            {
                limits.Review(models.Values, now);
            }
        }

        HandOver();
    }

    // Gives idle slots to those who may have them, and opens the gate where nobody waits.
    private void HandOver()
    {
        while (true)
        {
            RunWaiter? next;
            RunSlot slot = default;
            lock (gate)
            {
                Shut();
                next = idle > 0 ? TakeNext() : null;
                if (next is null)
                {
                    Settle();
                    return;
                }

                slot = Take(next.Line!);
            }

            next.Grant(slot);
        }
    }

    // Under the lock.
    private RunWaiter? TakeNext()
    {
        var chunk = FirstChunk();
        var next = chunk is not null && isChunksTurn ? chunk : lines.TakeNext(limits) ?? chunk;
        if (next is null)
        {
            return null;
        }

        isChunksTurn = next != chunk;
        if (next == chunk)
        {
            chunks.Remove(next.Place);
        }

        waiting--;
        return next;
    }

    // Under the lock: the chunk that waits longest of those that may run.
    private RunWaiter? FirstChunk()
    {
        foreach (var waiter in chunks)
        {
            if (limits.MayRun(waiter.Line!))
            {
                return waiter;
            }
        }

        return null;
    }

    // Under the lock, where a slot is idle.
    private RunSlot Take(ModelLine line)
    {
        idle--;
        return Begin(line);
    }

    private RunSlot Begin(ModelLine line)
    {
        line.Began();
        return new RunSlot(this, line, time.GetTimestamp());
    }

    // Under the lock. From here on slots are given out under it alone.
    private void Shut() => idle += state.Close();

    // Under the lock, behind Shut.
    private void Settle()
    {
        if (waiting == 0)
        {
            state.Open(idle);
            idle = 0;
        }
    }
}
