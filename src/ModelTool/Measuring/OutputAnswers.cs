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
    private bool isProbabilities;
    private int width;

    /// <summary>Adds an instance's answers.</summary>
    public void Add(JsonElement expected, JsonElement found)
    {
        double[] one = [.. Prediction.Numbers(expected)];
        double[] other = [.. Prediction.Numbers(found)];

        // What is no finite number is spelled as a text, and so is missing here.
        isBroken |= one.Length != other.Length;
        original.Add(one);
        isProbabilities = expected.ValueKind == JsonValueKind.Object;
        width = expected.ValueKind == JsonValueKind.Array ? Width(expected) : 0;
        changed.Add(other);
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
            : width >= NarrowestVector && lengths.TrueForAll(length => length % width == 0) ? compared with { Vectors = VectorComparison.Of(original, changed, width) }
            : !isProbabilities && lengths is [< NarrowestVector] ? compared with { ErrorOfSpread = ErrorOfSpread(lengths[0]) }
            : compared;
    }

    private static int Width(JsonElement value)
    {
        while (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value[0].ValueKind == JsonValueKind.Array)
        {
            value = value[0];
        }

        return value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : 0;
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
