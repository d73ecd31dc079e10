using System.Text.Json;
using Scoring.Features;

namespace Scoring.Batch.DuckDb.Vectors;

/// <summary>Texts that are JSON by their column's type; one that is none after all is a text.</summary>
internal sealed class JsonVector : VectorReader
{
    private readonly TextVector texts = new(isBase64: false);

    public override void Bind(nint vector)
    {
        base.Bind(vector);
        texts.Bind(vector);
    }

    protected override TypedValue ReadValue(long row)
    {
        var bytes = texts.ReadBytes(row);
        return !IsJson(bytes) ? TypedValue.From(TypedKind.Text, bytes) : bytes switch
        {
            [(byte)'-' or (>= (byte)'0' and <= (byte)'9'), ..] => TypedValue.From(TypedKind.Number, bytes),
            [(byte)'t', ..] => TypedValue.From(true),
            [(byte)'f', ..] => TypedValue.From(false),
            [(byte)'n', ..] => TypedValue.Null,
            _ => TypedValue.From(TypedKind.Json, bytes),
        };
    }

    private static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // A line's end inside a value would be one of the output's.
            var reader = new Utf8JsonReader(bytes);
            while (reader.Read())
            {
            }

            return !bytes.Contains((byte)'\n') && !bytes.Contains((byte)'\r');
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
