namespace Scoring.Serving;

/// <content>Slots that come back, and who has them next.</content>
public sealed partial class RunGate
{
    private void Return(in RunSlot slot, int replacement)
    {
        lock (gate)
        {
            Shut();
            limits.Replaced += replacement;
            if (slot.IsCounted)
            {
                limits.Ended(slot);
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
        var chunk = chunks.Waiters.First?.Value;
        var next = chunk is not null && isChunksTurn ? chunk : lines.TakeNext(limits) ?? chunk;
        if (next is null)
        {
            return null;
        }

        isChunksTurn = next != chunk;
        if (next == chunk)
        {
            chunks.Waiters.RemoveFirst();
        }

        waiting--;
        return next;
    }

    // Under the lock, where a slot is idle.
    private RunSlot Take(ModelLine line)
    {
        idle--;
        var slot = new RunSlot(this, line, time.GetTimestamp()) { IsCounted = line.IsLimited && line != chunks, IsLong = line.IsLong };
        if (slot.IsCounted)
        {
            limits.Began(slot);
        }

        return slot;
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
