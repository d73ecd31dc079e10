namespace Scoring.Configuration;

/// <summary><c>featureBaseline</c>: how the features of a package were spread in the rows that stand for what it was made for.</summary>
/// <param name="Rows">Count of those rows.</param>
/// <param name="Features">Those that are watched, each once.</param>
public sealed record FeatureBaseline(int Rows, IReadOnlyList<FeatureHistogram> Features)
{
    /// <summary>Most features of a baseline.</summary>
    public const int MaxFeatures = 64;
}
