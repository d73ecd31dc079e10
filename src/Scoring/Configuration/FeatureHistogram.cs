namespace Scoring.Configuration;

/// <summary>How one feature's values were spread when the package was made.</summary>
/// <param name="Name">The feature; of an input without features its name, and of one with several columns <c>name[3]</c>.</param>
/// <param name="Edges">Of a number, or of a text's length in tokens: upper edges of the bins, ascending; a value on an edge belongs to the bin below it. The last bin has none.</param>
/// <param name="Values">Of a category or a boolean: a bin each, and one more for all others.</param>
/// <param name="Shares">The share of rows in each bin: one more than there are edges or values.</param>
/// <param name="Missing">The share of rows without a value.</param>
public sealed record FeatureHistogram(string Name, IReadOnlyList<double> Edges, IReadOnlyList<string> Values, IReadOnlyList<double> Shares, double Missing)
{
    /// <summary>Most bins, that of missing values included.</summary>
    public const int MaxBins = 20;

    /// <summary>True for a number or a length.</summary>
    public bool IsNumeric => Edges.Count > 0;
}
