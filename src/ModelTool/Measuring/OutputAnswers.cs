using System.Text.Json;

namespace ModelTool.Measuring;

/// <summary>What two models answer in one output, gathered instance by instance.</summary>
internal sealed class OutputAnswers(string name)
{
    private readonly List<double[]> original = [];
    private readonly List<double[]> changed = [];
    private bool isBroken;

    /// <summary>Adds an instance's answers.</summary>
    public void Add(JsonElement expected, JsonElement found)
    {
        double[] one = [.. Prediction.Numbers(expected)];
        double[] other = [.. Prediction.Numbers(found)];

        // What is no finite number is spelled as a text, and so is missing here.
        isBroken |= one.Length != other.Length;
        original.Add(one);
        changed.Add(other);
    }

    /// <summary>Null where the output holds no numbers.</summary>
    public OutputComparison? Compare() => original.TrueForAll(row => row.Length == 0) && !isBroken ? null : new(name, isBroken ? double.PositiveInfinity : Difference(), original.Count);

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
