namespace Scoring.Serving.Joining;

/// <summary>
/// How many batches of one shape pay in one run. The size tried doubles as long as a company of it takes clearly less of the time that its batches take each alone
/// than the size before; the first that does not ends the trial, and what paid before stays. Since a busy machine may have misled it, it goes on after many batches more. Thread safe.
/// </summary>
internal sealed class JoinTrial
{
    // The share of separate runs that a common one may take at most, at first, and then beside the size before: less gain is not worth everybody's waiting for the last.
    private const double WorthHaving = 0.95;
    private const double WorthMore = 0.98;

    // A batch that takes less than this alone is done sooner than it is handed over.
    private static readonly TimeSpan HandingOver = TimeSpan.FromMicroseconds(100);

    // The median of so many decides: one disturbed measurement must not.
    private const int Tries = 5;

    // Batches until it goes on, for each batch of a company: then what running both ways costs is a hundredth of what is run, and half of that the next time.
    private const int FirstPause = 2_000;
    private const int LongestPause = 1 << 20;

    private readonly Lock gate = new();
    private readonly List<double> ratios = [];
    private double share = 1;
    private int proven = 1;
    private int size = 2;
    private int pause = FirstPause;
    private int batchesToGo;
    private bool isFinal;
    private bool isSettled;

    public JoinTrial()
    {
    }

    /// <summary>A trial that is over for good.</summary>
    /// <param name="proven">Most batches of a company; 1 where they run alone.</param>
    public JoinTrial(int proven)
    {
        this.proven = proven;
        (isSettled, isFinal) = (true, true);
    }

    /// <summary>Most batches of a company now; 1 where batches run alone.</summary>
    public int MostBatches => Volatile.Read(ref isSettled) ? Volatile.Read(ref proven) : Volatile.Read(ref size);

    /// <summary>Asks for one batch; see <see cref="MostBatches"/>.</summary>
    public int Ask()
    {
        if (Volatile.Read(ref isSettled) && Interlocked.Decrement(ref batchesToGo) == 0)
        {
            lock (gate)
            {
                isSettled = isFinal;
            }
        }

        return MostBatches;
    }

    /// <summary>Whether a company of so many batches is yet to be measured, beside separate runs of the same batches.</summary>
    public bool IsNew(int batches) => !Volatile.Read(ref isSettled) && batches > Volatile.Read(ref proven);

    /// <summary>Takes note of a company that ran both ways.</summary>
    /// <param name="batches">Its batches.</param>
    /// <param name="together">The time of the common run, with copying there and back.</param>
    /// <param name="apart">The time of all separate runs.</param>
    /// <param name="agree">Whether both ways gave the same answers.</param>
    public void Measured(int batches, TimeSpan together, TimeSpan apart, bool agree)
    {
        lock (gate)
        {
            if (isSettled || batches <= proven)
            {
                return;
            }

            if (!agree || apart < batches * HandingOver)
            {
                // Rows that answer otherwise in company never share a run, whatever was thought before.
                proven = agree ? proven : 1;
                (isSettled, isFinal) = (true, true);
                return;
            }

            ratios.Add(together / apart);
            if (ratios.Count < Tries)
            {
                return;
            }

            ratios.Sort();
            var ratio = ratios[Tries / 2];
            ratios.Clear();
            if (ratio > (proven == 1 ? WorthHaving : WorthMore * share))
            {
                batchesToGo = pause * proven;
                pause = Math.Min(LongestPause, 2 * pause);
                isSettled = true;
                return;
            }

            pause = FirstPause;
            share = ratio;
            proven = size;
            size *= 2;
        }
    }
}
