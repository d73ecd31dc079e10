using ModelTool.Quantizing;

namespace ModelTool.Measuring;

/// <summary>How well embeddings classify by the label of the nearest other instance.</summary>
/// <param name="Original">Share of instances whose nearest neighbour has their label, by the original's vectors.</param>
/// <param name="Changed">The same by the changed model's.</param>
/// <param name="Lost">How sure their difference is.</param>
internal sealed record NeighbourQuality(double Original, double Changed, PairedInterval Lost)
{
    /// <summary>Measures.</summary>
    /// <param name="original">Indexes of each instance's neighbours, the nearest first.</param>
    /// <param name="changed">The same by the other's vectors.</param>
    /// <param name="labels">By index.</param>
    public static NeighbourQuality Of(int[][] original, int[][] changed, IReadOnlyList<string> labels)
    {
        var (before, after) = (Right(original, labels), Right(changed, labels));
        return new(before.Average(), after.Average(), PairedInterval.OfMean([.. before.Zip(after, (one, other) => one - other)]));
    }

    private static double[] Right(int[][] neighbours, IReadOnlyList<string> labels) => [.. neighbours.Select((near, index) => labels[near[0]] == labels[index] ? 1.0 : 0)];
}
