namespace Scoring.Inference;

/// <summary>
/// Gives back what single runs made a session's arena grow by; what most runs need stays. ONNX Runtime keeps whatever a run has allocated, and how much that is may hang on one number of the
/// input. A session that has grown is trimmed a second later, when most answers of its runs are written. Where runs make it grow again each time, they need it, and it is left alone for a minute.
/// Thread safe.
/// </summary>
/// <param name="allocated">Bytes that the session has allocated; so many as are allocated now are never given back.</param>
/// <param name="trim">Gives back what no run uses.</param>
/// <param name="time">The time between trims.</param>
internal sealed class ArenaTrim(Func<long> allocated, Action trim, TimeProvider time) : IDisposable
{
    /// <summary>Growth that is left alone.</summary>
    internal const long Slack = 32 << 20;

    /// <summary>So many trims in a row, each followed by growth, are made before the session is left alone.</summary>
    internal const int MaxTrims = 4;

    /// <summary>From growth to the trim.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long a session is left alone.</summary>
    internal static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    // Growth that comes later is of another run, not of what the runs need.
    private static readonly TimeSpan InARow = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly long loaded = allocated();
    private long usual = allocated();
    private ITimer? timer;
    private int trims;
    private long trimmedAt = time.GetTimestamp();
    private bool isResting;
    private bool isDisposed;
    private volatile bool isDue;

    /// <summary>Looks whether runs have made the session grow. It costs some microseconds: for runs that took long enough to touch much memory.</summary>
    public void AfterRun()
    {
        if (!isDue && allocated() > Volatile.Read(ref usual) + Slack && gate.TryEnter())
        {
            try
            {
                Wake(Pause, isGrown: true);
            }
            finally
            {
                gate.Exit();
            }
        }
    }

    /// <summary>Ends the trims. One that goes on is waited for.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            timer?.Dispose();
        }
    }

    private void OnTimer()
    {
        lock (gate)
        {
            if (isDisposed)
            {
                return;
            }

            isDue = false;
            if (isResting)
            {
                // Whether it still needs what it has is found out by one trim: if it grows again now, it rests again.
                isResting = false;
                Volatile.Write(ref usual, loaded);
                Trim();
                trims = MaxTrims;
                return;
            }

            if (allocated() is var bytes && bytes <= usual + Slack)
            {
                return;
            }

            if (time.GetElapsedTime(trimmedAt) > InARow)
            {
                trims = 0;
            }

            if (trims < MaxTrims)
            {
                Trim();
                return;
            }

            isResting = true;
            Volatile.Write(ref usual, bytes);
            Wake(Rest, isGrown: false);
        }
    }

    private void Trim()
    {
        trim();
        trims++;
        trimmedAt = time.GetTimestamp();
        if (allocated() > usual + Slack)
        {
            // Runs, or answers that are being sent, still hold it.
            Wake(Pause, isGrown: true);
        }
    }

    private void Wake(TimeSpan pause, bool isGrown)
    {
        if (!isDisposed)
        {
            isDue = isGrown;
            timer ??= time.CreateTimer(static self => ((ArenaTrim)self!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(pause, Timeout.InfiniteTimeSpan);
        }
    }
}
