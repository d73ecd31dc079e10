namespace Scoring.Outcomes;

/// <summary>What came true of a prediction whose request a rollout dealt out by lot.</summary>
/// <param name="Version">The version that predicted.</param>
/// <param name="Nonce">Part of the receipt's nonce, which tells it from others.</param>
/// <param name="Visitor">A number for who asked; 0 where the request did not say.</param>
/// <param name="Issued">When the prediction was made.</param>
/// <param name="Gap">Its greatest probability, less one where that label came true.</param>
/// <param name="LogLoss">Negative natural logarithm of the probability that was given to what came true, at most <see cref="MostLoss"/>; of a multilabel the mean over the labels.</param>
/// <param name="Weight">How many like it it stands for.</param>
internal readonly record struct DealtOutcome(int Version, ulong Nonce, uint Visitor, DateTimeOffset Issued, double Gap, double LogLoss, double Weight)
{
    /// <summary>Of a regression, how far its value is from what came true, which then has neither gap nor loss; null of other tasks.</summary>
    public double? Error { get; init; }

    // A probability below this counts as this: one prediction that was as good as certain and wrong is no proof against a version.
    private const double Least = 0.001;

    /// <summary>The greatest loss of a prediction.</summary>
    public static double MostLoss { get; } = LossOf(0);

    /// <summary>The loss of a probability that was given to what came true.</summary>
    public static double LossOf(double probability) => -Math.Log(Math.Max(probability, Least));
}
