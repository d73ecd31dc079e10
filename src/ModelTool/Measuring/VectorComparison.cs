using ModelTool.Quantizing;

namespace ModelTool.Measuring;

/// <summary>Embeddings of two models: what they are used for is nearness, so nearness is what is compared.</summary>
/// <param name="Cosine">Mean cosine of an instance's two vectors; of a sequence, of the means of its vectors.</param>
/// <param name="MinCosine">That of the worst.</param>
/// <param name="SameNearest">Share of instances whose nearest other instance, by cosine, is the same; null with too few of them.</param>
/// <param name="SameTopTen">Mean share of an instance's ten nearest that are the same; null with too few.</param>
internal sealed record VectorComparison(double Cosine, double MinCosine, double? SameNearest, double? SameTopTen)
{
    /// <summary>Below this the ten nearest are most of all instances, and agreement says little.</summary>
    public const int MinRows = 30;

    private const int Nearest = 10;

    // Neighbours are found by comparing all with all.
    private const int MaxRows = 1000;

    /// <summary>Of sequences: mean cosine of their single vectors. Null for others.</summary>
    public double? PositionCosine { get; init; }

    /// <summary>How often the nearest neighbour has the same label; null without labels, or with too few instances.</summary>
    public NeighbourQuality? Neighbour { get; init; }

    /// <summary>Compares.</summary>
    /// <param name="original">One instance each: vectors one after another.</param>
    /// <param name="changed">Of the same lengths.</param>
    /// <param name="width">Length of a vector; null where an instance is one vector, however long.</param>
    /// <param name="labels">What each instance is; null where nobody says.</param>
    public static VectorComparison Of(IReadOnlyList<double[]> original, IReadOnlyList<double[]> changed, int? width, IReadOnlyList<string>? labels = null)
    {
        double[][] before = [.. original.Select(row => Unit(row, width ?? row.Length))];
        double[][] after = [.. changed.Select(row => Unit(row, width ?? row.Length))];
        double[] cosines = [.. before.Zip(after, (one, other) => CosineOf(one, other))];
        var compared = new VectorComparison(cosines.Average(), cosines.Min(), null, null)
        {
            PositionCosine = width is { } wide && original.Any(row => row.Length > wide) ? PositionCosines(original, changed, wide).Average() : null,
        };
        if (before.Length < MinRows || before.Any(row => row.Length != before[0].Length))
        {
            return compared;
        }

        int[][] near = Neighbours(before[..Math.Min(MaxRows, before.Length)]);
        int[][] then = Neighbours(after[..Math.Min(MaxRows, after.Length)]);
        return compared with
        {
            SameNearest = near.Zip(then).Average(pair => pair.First[0] == pair.Second[0] ? 1.0 : 0),
            SameTopTen = near.Zip(then).Average(pair => (double)pair.First.Intersect(pair.Second).Count() / Nearest),
            Neighbour = labels is null ? null : NeighbourQuality.Of(near, then, labels),
        };
    }

    private static IEnumerable<double> PositionCosines(IReadOnlyList<double[]> original, IReadOnlyList<double[]> changed, int width)
    {
        foreach (var (one, other) in original.Zip(changed))
        {
            for (var start = 0; start < one.Length; start += width)
            {
                yield return CosineOf(one.AsSpan(start, width), other.AsSpan(start, width));
            }
        }
    }

    private static int[][] Neighbours(double[][] units)
    {
        return [.. units.Select((unit, index) => Enumerable.Range(0, units.Length).Where(other => other != index)
            .Select(other => (other, Near: Dot(unit, units[other]))).OrderByDescending(pair => pair.Near).Take(Nearest).Select(pair => pair.other).ToArray())];
    }

    // A sequence is where the mean of its vectors is.
    private static double[] Unit(double[] row, int width)
    {
        var mean = new double[width];
        for (var index = 0; index < row.Length; index++)
        {
            mean[index % width] += row[index];
        }

        var length = Math.Sqrt(Dot(mean, mean));
        return length > 0 ? Array.ConvertAll(mean, value => value / length) : mean;
    }

    private static double CosineOf(ReadOnlySpan<double> one, ReadOnlySpan<double> other)
    {
        var (first, second) = (Dot(one, one), Dot(other, other));
        return first > 0 && second > 0 ? Dot(one, other) / Math.Sqrt(first * second) : first == second ? 1 : 0;
    }

    private static double Dot(ReadOnlySpan<double> one, ReadOnlySpan<double> other)
    {
        var sum = 0.0;
        for (var index = 0; index < one.Length; index++)
        {
            sum += one[index] * other[index];
        }

        return sum;
    }
}
