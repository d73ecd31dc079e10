namespace Scoring.Serving.Batching;

/// <summary>
/// Finds the batch size of dynamic batching for one shape of rows: how many requests one merged batch takes. Sizes 2, 4, 8, … are measured, merged and separately,
/// until a larger one no longer pays. Thread safe.
/// </summary>
/// <remarks>
/// <code>
/// state     what the gate is told     leaves it
/// Trying    the size under trial      to Trying, one size up:  merged runs took clearly less time (Grow)
///                                     to Resting:              they did not (Rest)
///                                     to Ended:                answers differ, or a request is too short to be worth it (End)
/// Resting   the best size so far      to Trying:               so many more requests asked (TryAgain)
/// Ended     the best size so far      never
/// </code>
/// Transitions are made under <see cref="gate"/>. Readers take no lock: each field is one word, and an answer that is one request old does no harm.
/// </remarks>
internal sealed class BatchSizeTuner
{
    // A merged run may take at most this share of the time of separate ones to be worth waiting for: at size 2, and then beside the size before.
    private const double MaxShareAtFirst = 0.95;
    private const double MaxShareOfSizeBefore = 0.98;

    // The median of so many measurements decides, so that one disturbed measurement does not.
    private const int Measurements = 5;

    // Requests until sizes are tried again, for each request of a merged batch. At 2,000, running both ways costs a hundredth of what is run; each rest is twice as long as the last.
    private const int FirstRest = 2_000;
    private const int MaxRest = 1 << 20;

    // A request that takes less than this alone is done sooner than it is handed to another's run.
    private static readonly TimeSpan HandingOver = TimeSpan.FromMicroseconds(100);

    private readonly Lock gate = new();
    private readonly List<double> shares = [];
    private volatile State state = State.Trying;
    private int bestSize = 1;
    private double bestShare = 1;
    private int sizeTried = 2;
    private int rest = FirstRest;
    private int requestsToGo;

    public BatchSizeTuner()
    {
    }

    /// <summary>A tuner that has ended.</summary>
    /// <param name="bestSize">Requests of a merged batch; 1 where requests run alone.</param>
    public BatchSizeTuner(int bestSize)
    {
        this.bestSize = bestSize;
        state = State.Ended;
    }

    private enum State
    {
        Trying,
        Resting,
        Ended,
    }

    /// <summary>Most requests of a merged batch now; 1 where requests run alone.</summary>
    public int MaxBatches => state == State.Trying ? Volatile.Read(ref sizeTried) : Volatile.Read(ref bestSize);

    /// <summary>Asks for one request; see <see cref="MaxBatches"/>. Counts towards the end of a rest.</summary>
    public int Ask()
    {
        if (state != State.Trying && Interlocked.Decrement(ref requestsToGo) == 0)
        {
            lock (gate)
            {
                TryAgain();
            }
        }

        return MaxBatches;
    }

    /// <summary>Whether a merged batch of this size is yet to be measured, beside separate runs of the same requests.</summary>
    public bool IsNew(int batches) => state == State.Trying && batches > Volatile.Read(ref bestSize);

    /// <summary>Takes note of a merged batch that ran both ways.</summary>
    /// <param name="batches">Its requests.</param>
    /// <param name="together">The time of the merged run, with copying there and back.</param>
    /// <param name="apart">The time of all separate runs.</param>
    /// <param name="agree">Whether both ways gave the same answers.</param>
    public void Measured(int batches, TimeSpan together, TimeSpan apart, bool agree)
    {
        lock (gate)
        {
            if (state != State.Trying || batches <= bestSize)
            {
                return;
            }

            if (!agree)
            {
                // Rows that answer otherwise in a merged batch never share a run again, whatever was found before.
                End(size: 1);
                return;
            }

            if (apart < batches * HandingOver)
            {
                End(bestSize);
                return;
            }

            shares.Add(together / apart);
            if (shares.Count == Measurements)
            {
                Decide();
            }
        }
    }

    private void Decide()
    {
        shares.Sort();
        var share = shares[Measurements / 2];
        shares.Clear();
        if (share <= (bestSize == 1 ? MaxShareAtFirst : MaxShareOfSizeBefore * bestShare))
        {
            Grow(share);
        }
        else
        {
            Rest();
        }
    }

    private void Grow(double share)
    {
        bestShare = share;
        bestSize = sizeTried;
        sizeTried *= 2;
        rest = FirstRest;
    }

    private void Rest()
    {
        requestsToGo = rest * bestSize;
        rest = Math.Min(MaxRest, 2 * rest);
        state = State.Resting;
    }

    private void TryAgain()
    {
        if (state == State.Resting)
        {
            state = State.Trying;
        }
    }

    private void End(int size)
    {
        bestSize = size;
        state = State.Ended;
    }
}
