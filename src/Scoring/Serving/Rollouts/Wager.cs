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
internal sealed class Wager
{
    // What is left of a stake that is as good as lost; smaller numbers are slow to reckon with.
    private const double Lost = 1e-200;

    private readonly double[] whole;
    private readonly double[] current;
    private double banked;
    private int epoch;

    /// <param name="waysOfBeingWorse">Among which the stake is shared.</param>
    public Wager(int waysOfBeingWorse)
    {
        whole = new double[waysOfBeingWorse];
        current = new double[waysOfBeingWorse];
        Array.Fill(whole, 1.0 / waysOfBeingWorse);
        Array.Fill(current, 1.0 / waysOfBeingWorse);
    }

    /// <summary>What one unit of stake has become: the evidence against the candidate.</summary>
    public double Wealth { get; private set; } = 1;

    /// <summary>Ends an epoch; the next has its own stake.</summary>
    public void BeginEpoch()
    {
        banked += StakeOf(epoch) * current.Sum();
        Array.Fill(current, 1.0 / current.Length);
        epoch++;
        Settle(whole.Sum(), 1);
    }

    /// <summary>Settles the bets on one event.</summary>
    /// <param name="factors">For each way of being worse, what its stake is multiplied by.</param>
    public void Add(ReadOnlySpan<double> factors)
    {
        var (all, now) = (0.0, 0.0);
        for (var way = 0; way < factors.Length; way++)
        {
            all += whole[way] = Kept(whole[way] * factors[way]);
            now += current[way] = Kept(current[way] * factors[way]);
        }

        Settle(all, now);
    }

    // What is staked on later epochs is there unchanged: 1/(k+2) of that half.
    private void Settle(double all, double now) => Wealth = (all + banked + (StakeOf(epoch) * now) + (1.0 / (epoch + 2))) / 2;

    private static double Kept(double stake) => stake < Lost ? 0 : stake;

    private static double StakeOf(int epoch) => 1.0 / ((epoch + 1.0) * (epoch + 2.0));
}
