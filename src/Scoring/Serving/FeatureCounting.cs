using Scoring.Features;
using Scoring.Telemetry;

namespace Scoring.Serving;

/// <summary>Where the rows of a version's requests are counted by the bins of its baseline.</summary>
/// <param name="Bins">The bins.</param>
/// <param name="Series">Holds the counts.</param>
internal sealed record FeatureCounting(FeatureBins Bins, DriftSeries Series)
{
    /// <summary>The features of a baseline, as telemetry knows them.</summary>
    public static IReadOnlyList<BinnedFeature> Describe(FeatureBins? bins) => bins is null ? [] :
        [.. bins.Baseline.Features.Select(feature => new BinnedFeature(feature.Name, FeatureBins.NamesOf(feature), [.. feature.Shares, feature.Missing], bins.Baseline.Rows))];
}
