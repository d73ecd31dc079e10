namespace Scoring.Serving.Rollouts;

/// <summary>
/// Bets that the candidate is slower than its limit allows: on which version a slow request came from, for two meanings of slow, above the median and above the 90th percentile of the live version's
/// latest requests. What is slow is settled before a request comes, by those before it. Not thread safe.
/// </summary>
/// <param name="limit">The candidate's latency over the live version's that is allowed.</param>
internal sealed class LatencyWager(double limit)
{
    private const int Window = 256;
    private const int LeastWindow = 64;

    private static readonly double[] Quantiles = [0.5, 0.9];

    private readonly ShareWager[] wagers = [new(1), new(1)];
    private readonly long[] latest = new long[Window];
    private readonly double[] edges = new double[Quantiles.Length];
    private long live;
    private double candidateSum;
    private double liveSum;
    private long candidate;

    /// <inheritdoc cref="Wager.Wealth"/>
    public double Wealth => (wagers[0].Wealth + wagers[1].Wealth) / 2;

    /// <summary>The candidate's mean over the live version's; NaN before both were seen.</summary>
    public double Ratio => candidateSum / candidate / (liveSum / live);

    /// <inheritdoc cref="Wager.BeginEpoch"/>
    public void BeginEpoch() => Array.ForEach(wagers, wager => wager.BeginEpoch());

    /// <summary>Takes an answered request.</summary>
    /// <param name="isCandidate">Whose it was.</param>
    /// <param name="share">The probability, 0 to 1, with which the lot fell on the candidate.</param>
    /// <param name="duration">From its arrival to its answer.</param>
    public void Add(bool isCandidate, double share, TimeSpan duration)
    {
        if (live >= LeastWindow)
        {
            var ticks = isCandidate ? duration.Ticks / limit : duration.Ticks;
            for (var index = 0; index < edges.Length; index++)
            {
                if (ticks > edges[index])
                {
                    wagers[index].Add(isCandidate, share);
                }
            }
        }

        if (isCandidate)
        {
            candidate++;
            candidateSum += duration.Ticks;
            return;
        }

        latest[live++ % Window] = duration.Ticks;
        liveSum += duration.Ticks;
        if (live % LeastWindow == 0)
        {
            var sorted = latest[..(int)Math.Min(live, Window)];
            Array.Sort(sorted);
            for (var index = 0; index < edges.Length; index++)
            {
                edges[index] = sorted[(int)(Quantiles[index] * (sorted.Length - 1))];
            }
        }
    }
}
