namespace Scoring.Telemetry;

/// <summary>How many of a kind went by since one was kept. Thread safe; a field, never copied.</summary>
internal struct SamplingState
{
    private long skipped;
    private long due;

    /// <summary>Whether to keep this one: when the period since the one before is over, or when asked to.</summary>
    /// <param name="now">Timestamp, in the unit of <paramref name="period"/>.</param>
    /// <param name="burst">How many may be kept ahead of their time, after a quiet while as long as their periods.</param>
    /// <param name="weight">How many the kept one stands for, itself included.</param>
    public bool TryTake(long now, long period, long burst, bool keep, out long weight)
    {
        var due = Volatile.Read(ref this.due);
        if (!keep && (now < due - (burst * period) || Interlocked.CompareExchange(ref this.due, Math.Max(due, now) + period, due) != due))
        {
            Interlocked.Increment(ref skipped);
            weight = 0;
            return false;
        }

        if (keep)
        {
            Volatile.Write(ref this.due, Math.Max(due, now) + period);
        }

        weight = Interlocked.Exchange(ref skipped, 0) + 1;
        return true;
    }

    /// <summary>Whether one that comes now would be passed over; it then was, and counts.</summary>
    public bool TrySkip(long now)
    {
        if (now >= Volatile.Read(ref due))
        {
            return false;
        }

        Interlocked.Increment(ref skipped);
        return true;
    }

    /// <summary>Takes back one that was passed over.</summary>
    public void Forget() => Interlocked.Decrement(ref skipped);
}
