namespace ModelTool.Quantizing;

/// <summary>A float32 matrix as INT8, symmetric: value = scale × integer.</summary>
/// <param name="Values">int8, in the order of the weights.</param>
/// <param name="Scales">One for each column, or one for all.</param>
internal sealed record QuantizedMatrix(sbyte[] Values, float[] Scales)
{
    /// <summary>Quantizes weights.</summary>
    /// <param name="weights">float32 [rows, columns], row-major, finite.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="perColumn">A scale for each column.</param>
    /// <param name="largest">The integer that the largest magnitude becomes: 127, or 64.</param>
    public static QuantizedMatrix Of(ReadOnlySpan<float> weights, int columns, bool perColumn, int largest)
    {
        var scales = new float[perColumn ? columns : 1];
        for (var index = 0; index < weights.Length; index++)
        {
            ref var scale = ref scales[perColumn ? index % columns : 0];
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
            values[index] = (sbyte)Math.Clamp(MathF.Round(weights[index] / scales[perColumn ? index % columns : 0]), -largest, largest);
        }

        return new QuantizedMatrix(values, scales);
    }
}
