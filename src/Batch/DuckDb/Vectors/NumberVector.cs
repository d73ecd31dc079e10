using System.Globalization;
using DuckDB.NET.Native;
using Scoring.Features;

namespace Scoring.Batch.DuckDb.Vectors;

/// <summary>Booleans and numbers of at most 64 bits.</summary>
internal sealed unsafe class NumberVector(DuckDBType type) : VectorReader
{
    private readonly byte[] digits = new byte[24];

    protected override TypedValue ReadValue(long row) => type switch
    {
        DuckDBType.Boolean => TypedValue.From(((byte*)Data)[row] != 0),
        DuckDBType.TinyInt => TypedValue.From((long)((sbyte*)Data)[row]),
        DuckDBType.SmallInt => TypedValue.From((long)((short*)Data)[row]),
        DuckDBType.Integer => TypedValue.From((long)((int*)Data)[row]),
        DuckDBType.BigInt => TypedValue.From(((long*)Data)[row]),
        DuckDBType.UnsignedTinyInt => TypedValue.From((long)((byte*)Data)[row]),
        DuckDBType.UnsignedSmallInt => TypedValue.From((long)((ushort*)Data)[row]),
        DuckDBType.UnsignedInteger => TypedValue.From((long)((uint*)Data)[row]),
        DuckDBType.UnsignedBigInt => ReadUnsigned(((ulong*)Data)[row]),
        DuckDBType.Float => TypedValue.From(((float*)Data)[row]),
        _ => TypedValue.From(((double*)Data)[row]),
    };

    private TypedValue ReadUnsigned(ulong value)
    {
        if (value <= long.MaxValue)
        {
            return TypedValue.From((long)value);
        }

        value.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        return TypedValue.From(TypedKind.Number, digits.AsSpan(0, length));
    }
}
