namespace Scoring.Telemetry;

/// <summary>How far the rows of requests are from a package's baseline, in one feature.</summary>
/// <param name="Rows">Rows of requests.</param>
/// <param name="Psi">The population stability index; null without rows.</param>
/// <param name="Chance">What of it chance alone can make.</param>
public readonly record struct DriftFigure(long Rows, double? Psi, double Chance)
{
    /// <summary>Fewer rows tell nothing.</summary>
    public const int MinRows = 500;

    /// <summary>A usual rule of thumb: above it the population has moved.</summary>
    public const double Moved = 0.1;

    /// <summary>The same rule: above it the population is another one. The alert on drift has the same number.</summary>
    public const double Shifted = 0.25;

    /// <summary>What is to be made of it.</summary>
    public DriftVerdict Verdict => Rows < MinRows ? DriftVerdict.TooFew : (Psi - Chance) switch
    {
        > Shifted => DriftVerdict.Shifted,
        > Moved => DriftVerdict.Moved,
        _ => DriftVerdict.Stable,
    };

    /// <summary>
    /// Compares counts with a baseline: the sum over bins of (q - p) ln(q / p), p and q the shares of the baseline and of the requests, an empty bin taken for half a row.
    /// Without any change the sum is near (bins - 1) (1/n + 1/N) for n and N rows, and rarely twice that: as much counts as chance. The alert's query computes the same.
    /// </summary>
    public static DriftFigure Of(BinnedFeature feature, ReadOnlySpan<long> counts)
    {
        var (rows, known, bins, sum) = (0L, 0.0, 0, 0.0);
        for (var bin = 0; bin < counts.Length; bin++)
        {
            rows += counts[bin];
            if (Matters(feature, counts, bin))
            {
                known += feature.Expected(bin);
                bins++;
            }
        }

        if (rows == 0)
        {
            return default;
        }

        for (var bin = 0; bin < counts.Length; bin++)
        {
            if (Matters(feature, counts, bin))
            {
                var (q, p) = (Math.Max(counts[bin], 0.5) / rows, feature.Expected(bin) / known);
                sum += (q - p) * Math.Log(q / p);
            }
        }

        return new DriftFigure(rows, sum, 2 * bins * (rows + known) / (rows * known));
    }

    // A bin that is empty on both sides says nothing.
    private static bool Matters(BinnedFeature feature, ReadOnlySpan<long> counts, int bin) => feature.Shares[bin] > 0 || counts[bin] > 0;
}
