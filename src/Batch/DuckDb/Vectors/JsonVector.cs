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
        return TypedValue.From(IsJson(bytes) ? TypedKind.Json : TypedKind.Text, bytes);
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
