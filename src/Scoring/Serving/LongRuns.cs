namespace Scoring.Serving;

/// <summary>
/// Keeps one slot for short runs where there are two or more: while a model is in use whose runs are short enough for its SLO, runs that take longer than half of that SLO may hold
/// every slot but one, and so may those of a model that was never measured. It also holds each model to its own limit. Guarded by the gate's lock.
/// </summary>
internal sealed class LongRuns(int slots, TimeProvider time)
{
    // A run beside which another still meets its SLO takes at most this share of it.
    private const double ShareOfSlo = 0.5;

    // How long after its last run a model counts as in use, and how often that is looked at.
    private static readonly TimeSpan Attention = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly long attention = (long)(Attention.TotalSeconds * time.TimestampFrequency);
    private readonly long period = (long)(Period.TotalSeconds * time.TimestampFrequency);
    private long reviewed = time.GetTimestamp() - (long)(Period.TotalSeconds * time.TimestampFrequency);
    private int running;

    /// <summary>Whether a slot is kept for short runs.</summary>
    public bool IsKeeping { get; private set; }

    /// <summary>Slots that stand in for those of stuck runs.</summary>
    public int Replaced { get; set; }

    /// <summary>Whether a run of a model may go on as far as limits are concerned.</summary>
    public bool MayRun(ModelLine line) => line.Running < line.MaxRuns && (!line.IsLong || running < slots - 1 + Replaced);

    /// <summary>Runs at once that a model may have.</summary>
    public int SlotsFor(ModelLine line) => Math.Max(1, Math.Min(line.MaxRuns, line.IsLong ? slots - 1 : slots));

    /// <summary>Counts a run that begins.</summary>
    public void Began(in RunSlot slot) => Count(slot, 1);

    /// <summary>Counts a run that ended.</summary>
    public void Ended(in RunSlot slot) => Count(slot, -1);

    /// <summary>Whether it is time to look which runs are long. Read without the lock.</summary>
    public bool IsDue(long now) => slots > 1 && now - Volatile.Read(ref reviewed) >= period;

    /// <summary>Looks which models' runs are long beside those in use.</summary>
    public void Review(Dictionary<string, ModelLine>.ValueCollection lines, long now)
    {
        Volatile.Write(ref reviewed, now);
        var least = double.PositiveInfinity;
        foreach (var line in lines)
        {
            var allowed = line.Slo.TotalSeconds * ShareOfSlo;
            if (line.Cost.OfRun > 0 && line.Cost.OfRun <= allowed && line.IsInUse(now - attention))
            {
                least = Math.Min(least, allowed);
            }
        }

        IsKeeping = least < double.PositiveInfinity;
        foreach (var line in lines)
        {
            line.IsLong = IsKeeping && (line.Cost.OfRun > least || line.Cost.OfRun == 0);
        }
    }

    private void Count(in RunSlot slot, int change)
    {
        slot.Line.Running += change;
        running += slot.IsLong ? change : 0;
    }
}
