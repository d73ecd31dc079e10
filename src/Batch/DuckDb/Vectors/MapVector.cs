using System.Text.Json;
using DuckDB.NET.Native;

namespace Scoring.Batch.DuckDb.Vectors;

/// <summary>Maps as JSON objects; a key that is no text becomes one.</summary>
internal sealed unsafe class MapVector(VectorReader keys, VectorReader values) : NestedVector
{
    private const int KeyChild = 0;
    private const int ValueChild = 1;

    public static MapVector? CreateMap(DuckDBLogicalType type)
    {
        using var key = NativeMethods.LogicalType.DuckDBMapTypeKeyType(type);
        using var value = NativeMethods.LogicalType.DuckDBMapTypeValueType(type);
        return Create(key) is { } keys and not NestedVector && VectorReader.Create(value) is { } values ? new MapVector(keys, values) : null;
    }

    public override void Bind(nint vector)
    {
        // A map is a list of structs of a key and a value.
        base.Bind(vector);
        var entries = NativeMethods.Vectors.DuckDBListVectorGetChild(vector);
        keys.Bind(NativeMethods.Vectors.DuckDBStructVectorGetChild(entries, KeyChild));
        values.Bind(NativeMethods.Vectors.DuckDBStructVectorGetChild(entries, ValueChild));
    }

    protected override void WriteValue(Utf8JsonWriter writer, long row)
    {
        var (start, length) = (((long*)Data)[2 * row], ((long*)Data)[(2 * row) + 1]);
        Span<byte> room = stackalloc byte[32];
        writer.WriteStartObject();
        for (var i = start; i < start + length; i++)
        {
            writer.WritePropertyName(keys.Read(i).ToText(room));
            values.WriteJson(writer, i);
        }

        writer.WriteEndObject();
    }
}
