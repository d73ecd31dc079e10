namespace Scoring.Serving.Rollouts;

/// <summary>
/// Bets that the mean of bounded numbers is above 0. Each bet stakes a part of what is left on the next number, so that it is multiplied by 1 + part × number: fair where the mean is 0, whatever else is
/// true of the numbers (Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86, 2024). Not thread safe.
/// </summary>
/// <param name="least">No number is below minus this; above 0.</param>
internal sealed class MeanWager(double least)
{
    // Of the greatest part that can never lose all. Small ones find small excesses among numbers that vary much.
    private static readonly double[] Parts = [0.01, 0.03, 0.08, 0.2, 0.4, 0.7, 0.95];

    private readonly double[] factors = new double[Parts.Length];
    private readonly Wager wager = new(Parts.Length);

    /// <inheritdoc cref="Wager.Wealth"/>
    public double Wealth => wager.Wealth;

    /// <inheritdoc cref="Wager.BeginEpoch"/>
    public void BeginEpoch() => wager.BeginEpoch();

    /// <summary>Takes a number.</summary>
    public void Add(double number)
    {
        var relative = Math.Max(number / least, -1);
        for (var way = 0; way < Parts.Length; way++)
        {
            factors[way] = 1 + (Parts[way] * relative);
        }

        wager.Add(factors);
    }
}
