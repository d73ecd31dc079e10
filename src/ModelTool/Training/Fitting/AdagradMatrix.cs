using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;


namespace ModelTool.Training.Fitting;

/// <summary>
/// Weights of float32 [rows, columns] under Adagrad (Duchi, Hazan and Singer, 2011): each weight's step shrinks with the squares of its past gradients.
/// A row is touched only by the steps that use it, so that a text costs what its own words cost.
/// </summary>
public sealed class AdagradMatrix
{
    /// <summary>Where the sums of squares start: bounds the first steps.</summary>
    private const float FirstSquares = 1e-4f;

    private readonly int columns;
    private readonly float[] values;
    private readonly float[] squares;

    /// <param name="rows">Rows.</param>
    /// <param name="columns">A multiple of <see cref="Lanes.Width"/>.</param>
    /// <param name="scale">First values are uniform in [-scale, scale).</param>
    /// <param name="random">Where they come from.</param>
    public AdagradMatrix(int rows, int columns, float scale, SeededRandom random)
    {
        this.columns = columns;
        values = new float[rows * columns];
        squares = new float[rows * columns];
        Array.Fill(squares, FirstSquares);
        for (var index = 0; scale > 0 && index < values.Length; index++)
        {
            values[index] = (float)((2 * random.NextDouble()) - 1) * scale;
        }
    }

    public Span<float> Row(int row) => values.AsSpan(row * columns, columns);

    /// <summary>One step of a row against scale · gradient + decay · weights.</summary>
    public void Step(int row, float scale, ReadOnlySpan<float> gradient, float rate, float decay)
    {
        var weights = MemoryMarshal.Cast<float, Vector256<float>>(Row(row));
        var sums = MemoryMarshal.Cast<float, Vector256<float>>(squares.AsSpan(row * columns, columns));
        var gradients = MemoryMarshal.Cast<float, Vector256<float>>(gradient);
        for (var index = 0; index < weights.Length; index++)
        {
            var slope = (gradients[index] * scale) + (weights[index] * decay);
            sums[index] += slope * slope;
            weights[index] -= slope * rate / Vector256.Sqrt(sums[index]);
        }
    }
}
