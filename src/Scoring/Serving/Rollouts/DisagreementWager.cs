namespace Scoring.Serving.Rollouts;

/// <summary>Bets that more than a share of the answers differ between two versions that score the same requests. Not thread safe.</summary>
/// <param name="limit">The share that may, 0 to 1.</param>
internal sealed class DisagreementWager(double limit)
{
    // A limit of none at all would make the first difference a proof, be it a tie that rounding decides.
    private const double LeastLimit = 1e-4;

    // Of the way from the limit to all.
    private static readonly double[] Excess = [0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 0.95];

    private readonly double[] differing = Factors(limit, isDifferent: true);
    private readonly double[] agreeing = Factors(limit, isDifferent: false);
    private readonly Wager wager = new(Excess.Length);

    /// <inheritdoc cref="Wager.Wealth"/>
    public double Wealth => wager.Wealth;

    /// <summary>Answers compared.</summary>
    public long Count { get; private set; }

    /// <summary>Those that differ.</summary>
    public long Different { get; private set; }

    /// <inheritdoc cref="Wager.BeginEpoch"/>
    public void BeginEpoch() => wager.BeginEpoch();

    /// <summary>Takes a pair of answers.</summary>
    public void Add(bool isDifferent)
    {
        Count++;
        Different += isDifferent ? 1 : 0;
        if (limit < 1)
        {
            wager.Add(isDifferent ? differing : agreeing);
        }
    }

    private static double[] Factors(double limit, bool isDifferent)
    {
        var fair = Math.Max(limit, LeastLimit);
        return Array.ConvertAll(Excess, excess =>
        {
            var worse = fair + ((1 - fair) * excess);
            return isDifferent ? worse / fair : (1 - worse) / (1 - fair);
        });
    }
}
