using System.Text.Json;

namespace ModelTool.Measuring;

/// <summary>What two models answer in one output, gathered instance by instance.</summary>
internal sealed class OutputAnswers(string name)
{
    // Fewer numbers than this are quantities by themselves; a direction of so few says little.
    private const int NarrowestVector = 8;

    private readonly List<double[]> original = [];
    private readonly List<double[]> changed = [];
    private bool isBroken;
    private readonly List<string?> labels = [];
    private bool isProbabilities;
    private int[] shape = [];

    /// <summary>Adds an instance's answers.</summary>
    public void Add(JsonElement expected, JsonElement found, string? label = null)
    {
        double[] one = [.. Prediction.Numbers(expected)];
        double[] other = [.. Prediction.Numbers(found)];

        // What is no finite number is spelled as a text, and so is missing here.
        isBroken |= one.Length != other.Length;
        original.Add(one);
        isProbabilities = expected.ValueKind == JsonValueKind.Object;
        shape = Shape(expected);
        changed.Add(other);
        labels.Add(label);
    }

    /// <summary>Null where the output holds no numbers.</summary>
    public OutputComparison? Compare()
    {
        if (isBroken)
        {
            return new(name, double.PositiveInfinity, original.Count);
        }

        var lengths = original.Select(row => row.Length).Distinct().ToList();
        var compared = new OutputComparison(name, Difference(), original.Count);
        return lengths is [0] ? null
            : IsVector(lengths) ? compared with { Vectors = VectorComparison.Of(original, changed, shape.Length == 2 ? shape[1] : null, labels.Contains(null) ? null : [.. labels.OfType<string>()]) }
            : !isProbabilities && lengths is [< NarrowestVector] ? compared with { ErrorOfSpread = ErrorOfSpread(lengths[0]) }
            : compared;
    }

    // One vector, a sequence of vectors, or a map: of three dimensions or more, taken for one vector.
    private bool IsVector(List<int> lengths) => shape.Length switch
    {
        0 => false,
        2 => shape[1] >= NarrowestVector && lengths.TrueForAll(length => length % shape[1] == 0),
        _ => lengths.TrueForAll(length => length >= NarrowestVector),
    };

    private static int[] Shape(JsonElement value)
    {
        var sizes = new List<int>();
        for (; value.ValueKind == JsonValueKind.Array; value = value[0])
        {
            sizes.Add(value.GetArrayLength());
            if (value.GetArrayLength() == 0)
            {
                break;
            }
        }

        return [.. sizes];
    }

    private double? ErrorOfSpread(int count)
    {
        var worst = 0.0;
        for (var index = 0; index < count; index++)
        {
            var mean = original.Average(row => row[index]);
            var spread = original.Average(row => (row[index] - mean) * (row[index] - mean));
            if (spread <= 0)
            {
                return null;
            }

            worst = Math.Max(worst, original.Zip(changed, (one, other) => (one[index] - other[index]) * (one[index] - other[index])).Average() / spread);
        }

        return Math.Sqrt(worst);
    }

    private double Difference()
    {
        var (squares, errors) = (0.0, 0.0);
        foreach (var (one, other) in original.Zip(changed))
        {
            for (var index = 0; index < one.Length; index++)
            {
                squares += one[index] * one[index];
                errors += (one[index] - other[index]) * (one[index] - other[index]);
            }
        }

        return squares > 0 ? Math.Sqrt(errors / squares) : Math.Sqrt(errors);
    }
}
