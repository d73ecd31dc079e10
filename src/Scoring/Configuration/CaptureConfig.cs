namespace Scoring.Configuration;

/// <summary><c>capture</c>: which requests are kept with their predictions, what of them, and for how long. Immutable.</summary>
/// <param name="Share">The share of requests, above 0 and at most 1.</param>
/// <param name="Features">The features that are kept; empty for all but <paramref name="Without"/>.</param>
/// <param name="Without">The features that are left out.</param>
/// <param name="Days">Days until they are deleted.</param>
public sealed record CaptureConfig(double Share, IReadOnlySet<string> Features, IReadOnlySet<string> Without, int Days)
{
    /// <summary>Most days. The deployment's storage deletes what is older, whatever a package says.</summary>
    public const int MaxDays = 90;

    /// <summary>Whether a feature is kept.</summary>
    public bool Keeps(string feature) => Features.Count > 0 ? Features.Contains(feature) : !Without.Contains(feature);
}
