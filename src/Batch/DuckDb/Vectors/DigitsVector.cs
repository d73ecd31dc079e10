using System.Globalization;
using DuckDB.NET.Native;
using Scoring.Features;

namespace Scoring.Batch.DuckDb.Vectors;

/// <summary>Decimals and integers of 128 bits, by their digits.</summary>
/// <param name="type">The integer that holds the digits.</param>
/// <param name="scale">How many of them stand behind the point.</param>
internal sealed unsafe class DigitsVector(DuckDBType type, int scale) : VectorReader
{
    // A sign, 39 digits, a point and a zero before it.
    private readonly byte[] text = new byte[48];
    private readonly byte[] digits = new byte[48];

    protected override TypedValue ReadValue(long row)
    {
        if (type == DuckDBType.UnsignedHugeInt)
        {
            ((UInt128*)Data)[row].TryFormat(text, out var count, default, CultureInfo.InvariantCulture);
            return TypedValue.From(TypedKind.Number, text.AsSpan(0, count));
        }

        var value = type switch
        {
            DuckDBType.SmallInt => ((short*)Data)[row],
            DuckDBType.Integer => ((int*)Data)[row],
            DuckDBType.BigInt => ((long*)Data)[row],
            _ => ((Int128*)Data)[row],
        };
        return TypedValue.From(TypedKind.Number, text.AsSpan(0, Format(value)));
    }

    private int Format(Int128 value)
    {
        var length = 0;
        if (value < 0)
        {
            text[length++] = (byte)'-';
        }

        // The least value has no positive twin; as an unsigned one it is right.
        var size = (UInt128)(value < 0 ? -value : value);
        var isSmall = size <= ulong.MaxValue;
        _ = isSmall
            ? ((ulong)size).TryFormat(digits, out var count, default, CultureInfo.InvariantCulture)
            : size.TryFormat(digits, out count, default, CultureInfo.InvariantCulture);

        // 1. What stands before the point, 0 where nothing does.
        var whole = Math.Max(0, count - scale);
        if (whole == 0)
        {
            text[length++] = (byte)'0';
        }

        digits.AsSpan(0, whole).CopyTo(text.AsSpan(length));
        length += whole;
        if (scale == 0)
        {
            return length;
        }

        // 2. What stands behind it, with the zeros that the digits lack.
        text[length++] = (byte)'.';
        var zeros = scale - (count - whole);
        text.AsSpan(length, zeros).Fill((byte)'0');
        length += zeros;
        digits.AsSpan(whole, count - whole).CopyTo(text.AsSpan(length));
        return length + count - whole;
    }
}
