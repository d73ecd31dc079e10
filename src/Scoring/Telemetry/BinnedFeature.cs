namespace Scoring.Telemetry;

/// <summary>A feature whose values are counted by bins, and how they were spread when the package was made.</summary>
/// <param name="Name">The feature.</param>
/// <param name="Bins">The names of its bins.</param>
/// <param name="Shares">The share of the baseline's rows in each bin.</param>
/// <param name="Rows">Rows that the baseline was made of.</param>
public sealed record BinnedFeature(string Name, IReadOnlyList<string> Bins, IReadOnlyList<double> Shares, int Rows)
{
    /// <summary>The name under which the confidence of predictions stands beside features.</summary>
    public const string Confidence = "(confidence)";

    // model.json does not tell how many predictions its shares of confidence were made of: taken for few, so that chance is taken for more.
    private const int RowsOfConfidence = 1000;

    // An empty bin is half a row: its logarithm is to be finite.
    private const double LeastRows = 0.5;

    /// <summary>Rows of the baseline in a bin, at least half of one.</summary>
    public double Expected(int bin) => Math.Max(Shares[bin] * Rows, LeastRows);

    /// <summary>The confidence of predictions.</summary>
    /// <param name="shares">By the bins of <see cref="ConfidenceSeries"/>.</param>
    internal static BinnedFeature OfConfidence(IReadOnlyList<double> shares) => new(Confidence, ConfidenceSeries.Labels, shares, RowsOfConfidence);
}
