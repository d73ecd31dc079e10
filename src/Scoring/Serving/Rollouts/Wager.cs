namespace Scoring.Serving.Rollouts;

/// <summary>
/// Evidence that grows with each event and may be looked at after each: a bet against "the candidate is within its limit", fair where that just holds. Whoever bets so multiplies
/// what they have by a thousand with a probability of at most a thousandth, however long they go on (Ville's inequality; Ramdas, Grünwald, Vovk and Shafer, "Game-theoretic
/// statistics and safe anytime-valid inference", Statistical Science 38, 2023, sections 2 and 3).
/// </summary>
/// <remarks>
/// The stake is shared out beforehand. Half of it bets from the first event on. The other half is shared among epochs, each with 1/((k+1)(k+2)) of it, so that a candidate that turns bad late is not
/// shielded by what was lost on it before. In each part, the stake is shared evenly among ways of being worse. A sum of bets that are fair is fair.
/// Not thread safe.
/// </remarks>
internal sealed class Wager(int waysOfBeingWorse)
{
    private readonly double[] whole = new double[waysOfBeingWorse];
    private readonly double[] current = new double[waysOfBeingWorse];
    private double banked;
    private int epoch;

    /// <summary>What one unit of stake has become: the evidence against the candidate.</summary>
    public double Wealth { get; private set; } = 1;

    /// <summary>Ends an epoch; the next has its own stake.</summary>
    public void BeginEpoch()
    {
        banked += StakeOf(epoch) * Mean(current);
        Array.Clear(current);
        epoch++;
        Settle();
    }

    /// <summary>Settles the bets on one event.</summary>
    /// <param name="logFactors">For each way of being worse, the logarithm of what it multiplies its stake by.</param>
    public void Add(ReadOnlySpan<double> logFactors)
    {
        for (var way = 0; way < logFactors.Length; way++)
        {
            whole[way] += logFactors[way];
            current[way] += logFactors[way];
        }

        Settle();
    }

    private void Settle()
    {
        // What is staked on later epochs is there unchanged: 1/(k+2) of that half.
        Wealth = (Mean(whole) + banked + (StakeOf(epoch) * Mean(current)) + (1.0 / (epoch + 2))) / 2;
    }

    private static double StakeOf(int epoch) => 1.0 / ((epoch + 1.0) * (epoch + 2.0));

    private static double Mean(double[] logs)
    {
        var sum = 0.0;
        foreach (var log in logs)
        {
            sum += Math.Exp(log);
        }

        return sum / logs.Length;
    }
}
