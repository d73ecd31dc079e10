namespace ModelTool.Quantizing;

/// <summary>float32 weights as INT8, symmetric: value = scale × integer.</summary>
/// <param name="Values">int8, in the order of the weights.</param>
/// <param name="Scales">One for each column or row, or one for all.</param>
internal sealed record QuantizedMatrix(sbyte[] Values, float[] Scales)
{
    /// <summary>Quantizes weights.</summary>
    /// <param name="weights">float32 [rows, columns], row-major, finite.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="perColumn">A scale for each column.</param>
    /// <param name="largest">The integer that the largest magnitude becomes: 127, or 64.</param>
    public static QuantizedMatrix Of(ReadOnlySpan<float> weights, int columns, bool perColumn, int largest) =>
        perColumn ? Of(weights, 1, columns, largest) : Of(weights, weights.Length, 1, largest);

    /// <summary>Quantizes weights whose rows have a scale each: the filters of a convolution.</summary>
    /// <param name="weights">float32 [rows, …], finite.</param>
    /// <param name="rows">Count of filters.</param>
    /// <param name="perRow">A scale for each; otherwise one for all.</param>
    /// <param name="largest">The integer that the largest magnitude becomes: 127, or 64.</param>
    public static QuantizedMatrix OfRows(ReadOnlySpan<float> weights, int rows, bool perRow, int largest) =>
        perRow ? Of(weights, weights.Length / rows, rows, largest) : Of(weights, weights.Length, 1, largest);

    // The weight of an index has the scale (index / run) mod count.
    private static QuantizedMatrix Of(ReadOnlySpan<float> weights, int run, int count, int largest)
    {
        var scales = new float[count];
        for (var index = 0; index < weights.Length; index++)
        {
            ref var scale = ref scales[index / run % count];
            scale = Math.Max(scale, Math.Abs(weights[index]));
        }

        for (var index = 0; index < scales.Length; index++)
        {
            // A column of zeros has no magnitude; any scale gives zeros back.
            scales[index] = scales[index] > 0 ? scales[index] / largest : 1;
        }

        var values = new sbyte[weights.Length];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = (sbyte)Math.Clamp(MathF.Round(weights[index] / scales[index / run % count]), -largest, largest);
        }

        return new QuantizedMatrix(values, scales);
    }
}
