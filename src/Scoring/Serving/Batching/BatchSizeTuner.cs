using System.Diagnostics;

namespace Scoring.Serving.Batching;

/// <summary>
/// Finds the batch size of dynamic batching for one shape of rows: how many requests share a run. It measures the sizes 2, 4, 8, … and stops at the first that does not pay.
/// Thread safe.
/// </summary>
/// <remarks>
/// <code>
/// state       what it does                                      transitions out of it
/// Measuring   Lets merged batches of up to the size on trial    Grow     to Measuring: the size pays; twice the size is next.
///             go on. Those above the best size are run merged   Rest     to Resting:   the size does not pay.
///             and separately, and both times are told here.     Settle   to Settled:   answers differ: size 1 for good.
///                                                               Settle   to Settled:   a run is too short: the best size for good.
/// Resting     Uses the best size so far. Counts requests.       Resume   to Measuring: enough requests came; the size that did not
///                                                                                      pay is on trial again.
/// Settled     Uses the best size for good.                      none
/// </code>
/// <para>
/// A transition is made under <see cref="sync"/>, which guards every field. <see cref="MaxBatchSize"/> and <see cref="IsMeasuring"/> read without the lock,
/// field by field: what they answer while a transition is made may be of the state before or behind it, which costs one run of a size that is not the best.
/// <see cref="Ask"/> counts with an interlocked operation, and takes the lock for the one request that ends a rest.
/// </para>
/// </remarks>
internal sealed class BatchSizeTuner
{
    // A size pays where its merged run takes at most this share of the time of separate runs: size 2 beside size 1, a larger size beside the best so far.
    private const double MaxShareOfSeparate = 0.95;
    private const double MaxShareOfBest = 0.98;

    // The median of five measurements decides, so that two disturbed ones do not.
    private const int Measurements = 5;

    // A rest is counted in requests for each request of a merged batch: 2,000, then twice as many each time, up to a million.
    // Five measurements in 2,000 runs cost less than a hundredth of the work.
    private const int FirstRest = 2_000;
    private const int MaxRest = 1 << 20;

    // A request whose own run takes less than this is done sooner alone than by handing it to another request's run.
    private static readonly TimeSpan MinRun = TimeSpan.FromMicroseconds(100);

    private readonly Lock sync = new();
    private readonly List<double> shares = [];
    private volatile State state = State.Measuring;
    private int bestSize = 1;
    private double bestShare = 1;
    private int sizeOnTrial = 2;
    private int rest = FirstRest;
    private int requestsToGo;

    public BatchSizeTuner()
    {
    }

    /// <summary>A tuner that is settled from the start.</summary>
    /// <param name="bestSize">Requests of a merged batch; 1 where requests run alone.</param>
    public BatchSizeTuner(int bestSize)
    {
        this.bestSize = bestSize;
        state = State.Settled;
    }

    private enum State
    {
        Measuring,
        Resting,
        Settled,
    }

    /// <summary>How many requests may share a run now; 1 where they run alone.</summary>
    public int MaxBatchSize => state == State.Measuring ? Volatile.Read(ref sizeOnTrial) : Volatile.Read(ref bestSize);

    /// <summary>The same, asked for a request that is about to run: it counts towards the end of a rest.</summary>
    public int Ask()
    {
        if (state == State.Resting && Interlocked.Decrement(ref requestsToGo) == 0)
        {
            lock (sync)
            {
                Resume();
            }
        }

        return MaxBatchSize;
    }

    /// <summary>Whether a merged batch of this size is to run separately too, so that both times can be told to <see cref="Measured"/>.</summary>
    public bool IsMeasuring(int batchSize) => state == State.Measuring && batchSize > Volatile.Read(ref bestSize);

    /// <summary>Takes note of a batch that ran both ways.</summary>
    /// <param name="batchSize">Its requests.</param>
    /// <param name="merged">The time of the merged run, with copying rows in and answers out.</param>
    /// <param name="separate">The time of all separate runs.</param>
    /// <param name="agree">Whether both ways gave the same answers.</param>
    public void Measured(int batchSize, TimeSpan merged, TimeSpan separate, bool agree)
    {
        lock (sync)
        {
            if (!IsMeasuring(batchSize))
            {
                return;
            }

            if (!agree)
            {
                // Whatever smaller sizes gained, this model's rows must not share a run.
                Settle(size: 1);
            }
            else if (separate < batchSize * MinRun)
            {
                Settle(bestSize);
            }
            else
            {
                shares.Add(merged / separate);
                if (shares.Count == Measurements)
                {
                    Judge();
                }
            }
        }
    }

    // Decides between Grow and Rest.
    private void Judge()
    {
        shares.Sort();
        var share = shares[Measurements / 2];
        shares.Clear();
        if (share <= (bestSize == 1 ? MaxShareOfSeparate : MaxShareOfBest * bestShare))
        {
            Grow(share);
        }
        else
        {
            Rest();
        }
    }

    // Measuring to Measuring, one size up.
    private void Grow(double share)
    {
        Debug.Assert(sync.IsHeldByCurrentThread, "A transition is made under the lock.");
        bestShare = share;
        bestSize = sizeOnTrial;
        sizeOnTrial *= 2;
        rest = FirstRest;
    }

    // Measuring to Resting. The next rest is twice as long.
    private void Rest()
    {
        Debug.Assert(sync.IsHeldByCurrentThread, "A transition is made under the lock.");
        Volatile.Write(ref requestsToGo, rest * bestSize);
        rest = Math.Min(MaxRest, 2 * rest);
        state = State.Resting;
    }

    // Resting to Measuring, the same size again.
    private void Resume()
    {
        Debug.Assert(sync.IsHeldByCurrentThread, "A transition is made under the lock.");
        state = State.Measuring;
    }

    // Measuring to Settled.
    private void Settle(int size)
    {
        Debug.Assert(sync.IsHeldByCurrentThread, "A transition is made under the lock.");
        bestSize = size;
        state = State.Settled;
    }
}
