namespace Scoring.Serving;

/// <content>Waiting in line.</content>
public sealed partial class RunGate
{
    /// <summary>Puts a request at the end of its model's line. It may be granted a slot at once.</summary>
    /// <param name="waiter">Granted a slot, told that its deadline passed, or refused later, where it is to make room for another model.</param>
    /// <param name="line">The model's line.</param>
    /// <param name="deadline">Until when the caller waits; heeded by admission alone.</param>
    /// <param name="cancellationToken">When it fires, the waiter leaves the line.</param>
    /// <returns>Why it may not wait; null where it may.</returns>
    internal ScoringException? TryLineUp(RunWaiter waiter, ModelLine line, RunDeadline deadline, CancellationToken cancellationToken)
    {
        (RunWaiter Waiter, ScoringException Why)? pushedOut;
        lock (gate)
        {
            Shut();
            var mayRun = idle > 0 && limits.MayRun(line);
            if (!mayRun && admission.Refusal(line, deadline) is { } refusal)
            {
                Settle();
                return refusal;
            }

            pushedOut = mayRun ? null : MakeRoom();
            waiter.Line = line;
            lines.Add(waiter);
            waiting++;
            waiter.Watch(this, cancellationToken);
        }

        pushedOut?.Waiter.Refuse(pushedOut.Value.Why);
        HandOver();
        return null;
    }

    /// <summary>Counts a request as one that waits, though it does not ask for a slot before <see cref="LineUpReserved"/>.</summary>
    /// <inheritdoc cref="TryLineUp"/>
    internal ScoringException? TryReserve(RunWaiter waiter, ModelLine line, RunDeadline deadline, CancellationToken cancellationToken)
    {
        (RunWaiter Waiter, ScoringException Why)? pushedOut;
        lock (gate)
        {
            if (admission.Refusal(line, deadline) is { } refusal)
            {
                return refusal;
            }

            Shut();
            pushedOut = MakeRoom();
            waiter.Line = line;
            lines.Reserve(waiter);
            waiter.Watch(this, cancellationToken);
            Settle();
        }

        pushedOut?.Waiter.Refuse(pushedOut.Value.Why);
        return null;
    }

    /// <summary>Puts a waiter with a reservation at the end of its line. Without effect where its reservation ended.</summary>
    internal void LineUpReserved(RunWaiter waiter)
    {
        lock (gate)
        {
            if (!waiter.IsReserved)
            {
                return;
            }

            lines.EndReservation(waiter);
            Shut();
            lines.Add(waiter);
            waiting++;
        }

        HandOver();
    }

    /// <summary>Takes a waiter out of its line, or ends its reservation: it needs no slot any longer.</summary>
    /// <param name="waiter">Who waits.</param>
    /// <param name="isTakenAlong">True where the run of another request of its model answers it.</param>
    /// <returns>False where it was granted a slot or withdrawn before.</returns>
    internal bool TryWithdraw(RunWaiter waiter, bool isTakenAlong = false)
    {
        lock (gate)
        {
            if (waiter.IsReserved)
            {
                lines.EndReservation(waiter);
            }
            else if (waiter.Place.List is not null)
            {
                Shut();
                TakeOut(waiter);
                Settle();
            }
            else
            {
                return false;
            }

            if (isTakenAlong)
            {
                waiter.Line!.TakeAlong();
            }
        }

        waiter.Unwatch();
        return true;
    }

    /// <summary>Requests of a model that ask for a slot now.</summary>
    internal int AskingOf(LoadedModel model)
    {
        lock (gate)
        {
            return LineOf(model).Waiters.Count;
        }
    }

    // Under the lock, where a request is to wait. Who has most of a full line makes room; it is told so outside the lock.
    private (RunWaiter Waiter, ScoringException Why)? MakeRoom()
    {
        if (!admission.IsFull)
        {
            return null;
        }

        var last = lines.Longest()!.Waiters.Last!.Value;
        TakeOut(last);
        return (last, admission.PushedOut(last.Line!));
    }

    // Under the lock.
    private void TakeOut(RunWaiter waiter)
    {
        waiting--;
        if (waiter.Place.List == chunks)
        {
            chunks.Remove(waiter.Place);
        }
        else
        {
            lines.Remove(waiter);
        }
    }
}
