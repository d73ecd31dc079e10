using System.Text.Json;
using DuckDB.NET.Native;

namespace Scoring.Batch.DuckDb.Vectors;

/// <summary>Structs as JSON objects.</summary>
internal sealed class StructVector((JsonEncodedText Name, VectorReader Values)[] fields) : NestedVector
{
    public static StructVector? CreateStruct(DuckDBLogicalType type)
    {
        var fields = new (JsonEncodedText, VectorReader)[NativeMethods.LogicalType.DuckDBStructTypeChildCount(type)];
        for (var i = 0; i < fields.Length; i++)
        {
            using var child = NativeMethods.LogicalType.DuckDBStructTypeChildType(type, i);
            if (Create(child) is not { } values)
            {
                return null;
            }

            fields[i] = (JsonEncodedText.Encode(NativeMethods.LogicalType.DuckDBStructTypeChildName(type, i)), values);
        }

        return new StructVector(fields);
    }

    public override void Bind(nint vector)
    {
        base.Bind(vector);
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i].Values.Bind(NativeMethods.Vectors.DuckDBStructVectorGetChild(vector, i));
        }
    }

    protected override void WriteValue(Utf8JsonWriter writer, long row)
    {
        writer.WriteStartObject();
        foreach (var (name, values) in fields)
        {
            writer.WritePropertyName(name);
            values.WriteJson(writer, row);
        }

        writer.WriteEndObject();
    }
}
