using ModelTool.Measuring;
using ModelTool.Quantizing;

namespace ModelTool.Pruning;

/// <summary>A model with a share left out, measured beside the original.</summary>
/// <param name="Share">Asked for.</param>
/// <param name="Removed">Of <paramref name="Of"/>.</param>
/// <param name="Bytes">Of the package without its golden cases.</param>
/// <param name="CompressedBytes">The same, each file compressed by Deflate.</param>
/// <param name="AccuracyLost">On labelled rows; null without.</param>
internal sealed record PruneTrial(double Share, long Removed, long Of, long Bytes, long CompressedBytes, CompareFound Compared, double? AccuracyLost, IReadOnlyList<Limit> Limits)
{
    /// <summary>True where every limit was kept.</summary>
    public bool IsKept => Limits.All(limit => limit.Kept);
}
