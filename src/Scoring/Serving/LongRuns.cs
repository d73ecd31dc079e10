namespace Scoring.Serving;

/// <summary>
/// Keeps one slot for short runs where there are two or more: while a model is in use whose runs are short enough for its SLO, runs that take longer than half of that SLO may hold
/// every slot but one, whether for requests, chunks or a shadow. Where runs hold all of them that nobody knew to be long, one spare is opened beside them. It also holds each model to its own limit. Guarded by the gate's lock.
/// </summary>
internal sealed class LongRuns(int slots, TimeProvider time)
{
    // How long after its last run a model counts as in use, and how often that is looked at.
    private static readonly TimeSpan Attention = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly long attention = (long)(Attention.TotalSeconds * time.TimestampFrequency);
    private readonly long period = (long)(Period.TotalSeconds * time.TimestampFrequency);
    private readonly List<ModelLine> longLines = [];
    private long reviewed = time.GetTimestamp() - (long)(Period.TotalSeconds * time.TimestampFrequency);

    /// <summary>Slots that stand in for those of stuck runs.</summary>
    public int Replaced { get; set; }

    /// <summary>Runs that go on for longer than a short one takes, as of the watch's last look, without those that ended since.</summary>
    public int Overdue { get; set; }

    /// <summary>Slots opened beside overdue runs.</summary>
    public int Spares { get; set; }

    /// <summary>Slots that are to be open beside overdue runs, at most, so that one is free of them.</summary>
    public int MaxSpares => slots > 1 ? Math.Clamp(Overdue - (slots + Replaced) + 1, 0, slots) : 0;

    /// <summary>Whether a run of a model may go on as far as limits are concerned.</summary>
    public bool MayRun(ModelLine line) =>
        line.Running < line.MaxRuns && (!line.IsLong || Running() < slots - 1 + Replaced) && (Spares == 0 || line.Overdue == 0);

    /// <summary>Runs at once that a model may have.</summary>
    public int SlotsFor(ModelLine line) => Math.Max(1, Math.Min(line.MaxRuns, line.IsLong ? slots - 1 : slots));

    /// <summary>A run of a model ended: no more of its runs are overdue than go on.</summary>
    public void Ended(ModelLine line)
    {
        var ended = Math.Max(0, line.Overdue - line.Running);
        line.Overdue -= ended;
        Overdue -= ended;
    }

    /// <summary>Whether it is time to look which runs are long. Read without the lock.</summary>
    public bool IsDue(long now) => slots > 1 && now - Volatile.Read(ref reviewed) >= period;

    /// <summary>Looks which models' runs are long beside those in use.</summary>
    public void Review(Dictionary<(string Model, RunKind Kind), ModelLine>.ValueCollection lines, long now)
    {
        Volatile.Write(ref reviewed, now);
        var least = double.PositiveInfinity;
        foreach (var line in lines)
        {
            if (line.Overdue == 0 && line.Cost.OfRun > 0 && line.Cost.OfRun <= line.LongestPrompt && line.IsInUse(now - attention))
            {
                least = Math.Min(least, line.LongestPrompt);
            }
        }

        var isKeeping = least < double.PositiveInfinity;
        longLines.Clear();
        foreach (var line in lines)
        {
            line.IsLong = isKeeping && (line.Overdue > 0 || (line.Cost.IsKnown && line.Cost.OfRun > least));
            if (line.IsLong)
            {
                longLines.Add(line);
            }
        }
    }

    // Slots that long runs hold.
    private int Running()
    {
        var running = 0;
        foreach (var line in longLines)
        {
            running += line.Running;
        }

        return running;
    }
}
