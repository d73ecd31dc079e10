using System.Text.Json;
using DuckDB.NET.Native;

namespace Scoring.Batch.DuckDb.Vectors;

/// <summary>Lists of any length, or of one length, as JSON arrays.</summary>
/// <param name="element">Reads the elements of all lists.</param>
/// <param name="fixedLength">Negative where each list has its own.</param>
internal sealed unsafe class ListVector(VectorReader element, long fixedLength) : NestedVector
{
    public static ListVector? CreateList(DuckDBLogicalType type, bool isArray)
    {
        using var child = isArray ? NativeMethods.LogicalType.DuckDBArrayTypeChildType(type) : NativeMethods.LogicalType.DuckDBListTypeChildType(type);
        return Create(child) is { } element ? new ListVector(element, isArray ? NativeMethods.LogicalType.DuckDBArrayVectorGetSize(type) : -1) : null;
    }

    public override void Bind(nint vector)
    {
        base.Bind(vector);
        element.Bind(fixedLength < 0 ? NativeMethods.Vectors.DuckDBListVectorGetChild(vector) : NativeMethods.Vectors.DuckDBArrayVectorGetChild(vector));
    }

    protected override void WriteValue(Utf8JsonWriter writer, long row)
    {
        var (start, length) = fixedLength < 0 ? (((long*)Data)[2 * row], ((long*)Data)[(2 * row) + 1]) : (row * fixedLength, fixedLength);
        writer.WriteStartArray();
        for (var i = 0L; i < length; i++)
        {
            element.WriteJson(writer, start + i);
        }

        writer.WriteEndArray();
    }
}
