namespace ModelTool.Measuring;

/// <summary>Embeddings of two models: what they are used for is nearness, so nearness is what is compared.</summary>
/// <param name="Cosine">Mean cosine of an instance's two vectors; of a sequence, of all its vectors.</param>
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

    /// <summary>Compares.</summary>
    /// <param name="original">One instance each: vectors one after another.</param>
    /// <param name="changed">Of the same lengths.</param>
    /// <param name="width">Length of a vector.</param>
    public static VectorComparison Of(IReadOnlyList<double[]> original, IReadOnlyList<double[]> changed, int width)
    {
        var (sum, least, count) = (0.0, 1.0, 0);
        foreach (var (one, other) in original.Zip(changed))
        {
            for (var start = 0; start < one.Length; start += width)
            {
                var cosine = CosineOf(one.AsSpan(start, width), other.AsSpan(start, width));
                (sum, least, count) = (sum + cosine, Math.Min(least, cosine), count + 1);
            }
        }

        if (original.Count < MinRows)
        {
            return new(sum / count, least, null, null);
        }

        int[][] before = Neighbours(original, width);
        int[][] after = Neighbours(changed, width);
        return new(
            sum / count, least,
            before.Zip(after).Average(pair => pair.First[0] == pair.Second[0] ? 1.0 : 0),
            before.Zip(after).Average(pair => (double)pair.First.Intersect(pair.Second).Count() / Nearest));
    }

    private static int[][] Neighbours(IReadOnlyList<double[]> rows, int width)
    {
        double[][] units = [.. rows.Take(MaxRows).Select(row => Unit(row, width))];
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
