namespace Scoring.Serving;

/// <summary>
/// The lines of all models, and whose turn it is: deficit round robin by measured cost. Every model that waits saves time at the same pace, by its weight. The first whose savings
/// pay for its run has the next slot and spends them; what it saved beyond that it keeps while it waits. Guarded by the gate's lock.
/// </summary>
internal sealed class ModelLines
{
    // Those with somebody who asks for a slot; the one that was served last stands last, so that equals take turns.
    private readonly List<ModelLine> asking = [];

    /// <summary>Requests that ask for a slot.</summary>
    public int Asking { get; private set; }

    /// <summary>Requests that wait, with those that do not ask yet.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a model asks for a slot whose runs are short enough for its SLO, as far as is known.</summary>
    public bool IsPromptAsking => asking.Exists(line => line.IsPrompt);

    /// <summary>Puts a waiter at the end of its model's line.</summary>
    public void Add(RunWaiter waiter)
    {
        var line = waiter.Line!;
        if (line.Waiters.Count == 0)
        {
            line.Savings = 0;
            asking.Add(line);
        }

        line.Waiters.AddLast(waiter.Place);
        Asking++;
        Count++;
    }

    /// <summary>Takes a waiter out of its model's line.</summary>
    public void Remove(RunWaiter waiter)
    {
        var line = waiter.Line!;
        line.Waiters.Remove(waiter.Place);
        Asking--;
        Count--;
        if (line.Waiters.Count == 0)
        {
            asking.Remove(line);
        }
    }

    /// <summary>Counts a waiter that does not ask for a slot yet.</summary>
    public void Reserve(RunWaiter waiter)
    {
        waiter.IsReserved = true;
        waiter.Line!.Reserved++;
        Count++;
    }

    /// <summary>Ends what <see cref="Reserve"/> began.</summary>
    public void EndReservation(RunWaiter waiter)
    {
        waiter.IsReserved = false;
        waiter.Line!.Reserved--;
        Count--;
    }

    /// <summary>Takes the next waiter out of its line; null where no model that waits may run.</summary>
    public RunWaiter? TakeNext(LongRuns limits)
    {
        ModelLine? first = null;
        var least = double.PositiveInfinity;
        foreach (var line in asking)
        {
            var missing = Missing(line);
            if (missing < least && limits.MayRun(line))
            {
                (first, least) = (line, missing);
            }
        }

        if (first is null)
        {
            return null;
        }

        foreach (var line in asking)
        {
            // A model that may not run now does not save for when it may.
            if (line == first || limits.MayRun(line))
            {
                line.Savings += Math.Max(0, least) * line.Weight;
            }
        }

        first.Savings -= first.Cost.OfRun;
        asking.Remove(first);
        asking.Add(first);
        var next = first.Waiters.First!.Value;
        Remove(next);
        return next;
    }

    /// <summary>The line that has most of the room, by its weight; null where nobody asks.</summary>
    public ModelLine? Longest() => asking.MaxBy(line => line.Count / line.Weight);

    /// <summary>How long one more request of a model would wait for its run.</summary>
    /// <param name="line">The model's.</param>
    /// <param name="slots">Runs at once that the model may have.</param>
    /// <param name="chunks">The chunks that wait, which take turns with all requests.</param>
    public TimeSpan ExpectedWait(ModelLine line, int slots, LinkedList<RunWaiter> chunks)
    {
        var own = (line.Count + 1) * line.Cost.OfRequest;
        var others = asking.Where(other => other != line).Sum(other => Math.Min(other.Count * other.Cost.OfRequest, own * other.Weight / line.Weight));
        var turns = chunks.Take(line.Count + 1).Sum(chunk => chunk.Line!.Cost.OfRun);
        return TimeSpan.FromSeconds(Math.Min((own + others + turns) / slots, TimeSpan.MaxValue.TotalSeconds / 2));
    }

    private static double Missing(ModelLine line) => (line.Cost.OfRun - line.Savings) / line.Weight;
}
