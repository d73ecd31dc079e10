namespace ModelTool.Quantizing;

/// <summary>
/// A float32 matrix in 4 bits as ONNX Runtime's MatMulNBits takes it: column by column, each in blocks, value = scale × (integer − zero point). Rounded to nearest, from the least to the
/// greatest number of a block; 0 is exact.
/// </summary>
/// <param name="Values">uint8 [columns, blocks, block / 2], the first of two numbers in the lower half.</param>
/// <param name="Scales">float32 [columns, blocks].</param>
/// <param name="Zeros">uint8 [columns, ⌈blocks / 2⌉], the first of two in the lower half.</param>
internal sealed record FourBitMatrix(byte[] Values, float[] Scales, byte[] Zeros)
{
    private const int Greatest = 15;

    /// <summary>Quantizes weights.</summary>
    /// <param name="weights">float32 [rows, columns], row-major, finite.</param>
    /// <param name="rows">Count of rows; the last block of a column is filled up with zeros.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="block">Numbers of a column that share a scale: even.</param>
    public static FourBitMatrix Of(ReadOnlySpan<float> weights, int rows, int columns, int block)
    {
        var blocks = (rows + block - 1) / block;
        var result = new FourBitMatrix(new byte[columns * blocks * block / 2], new float[columns * blocks], new byte[columns * ((blocks + 1) / 2)]);
        for (var column = 0; column < columns; column++)
        {
            for (var index = 0; index < blocks; index++)
            {
                result.Fill(weights, columns, column, index, blocks, index * block, Math.Min(rows, (index + 1) * block), block);
            }
        }

        return result;
    }

    private void Fill(ReadOnlySpan<float> weights, int columns, int column, int index, int blocks, int first, int end, int block)
    {
        var (least, most) = (0f, 0f);
        for (var row = first; row < end; row++)
        {
            var weight = weights[(row * columns) + column];
            (least, most) = (Math.Min(least, weight), Math.Max(most, weight));
        }

        var scale = most > least ? (most - least) / Greatest : 1;
        var zero = Math.Clamp((int)MathF.Round(-least / scale), 0, Greatest);
        Scales[(column * blocks) + index] = scale;
        Zeros[(column * ((blocks + 1) / 2)) + (index / 2)] |= (byte)(zero << (index % 2 * 4));
        var start = ((column * blocks) + index) * block / 2;
        for (var offset = 0; offset < block; offset++)
        {
            var row = first + offset;
            var value = row < end ? Math.Clamp((int)MathF.Round(weights[(row * columns) + column] / scale) + zero, 0, Greatest) : zero;
            Values[start + (offset / 2)] |= (byte)(value << (offset % 2 * 4));
        }
    }
}
