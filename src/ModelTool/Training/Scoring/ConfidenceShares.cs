namespace ModelTool.Training.Scoring;

/// <summary>How a model's confidence is spread: the property <c>confidenceBaseline</c> of model.json.</summary>
public static class ConfidenceShares
{
    private const int BinCount = 20;

    /// <summary>Shares, to six decimals, of the confidences in each of twenty bins of equal width from 0 to 1; the last holds 1 too.</summary>
    public static double[] Of(IEnumerable<double> confidences)
    {
        var shares = new double[BinCount];
        var count = 0;
        foreach (var confidence in confidences)
        {
            shares[Math.Min((int)(confidence * BinCount), BinCount - 1)]++;
            count++;
        }

        return [.. shares.Select(share => Math.Round(share / count, 6))];
    }
}
