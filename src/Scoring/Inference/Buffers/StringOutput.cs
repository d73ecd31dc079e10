using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference.Buffers;

/// <summary>A string tensor output.</summary>
internal sealed class StringOutput(ValueSpec spec, bool followsRows) : OutputBuffer(spec, followsRows)
{
    // Two quotes and a comma.
    private const int QuotedBytes = 3;

    private readonly List<(string[] Values, long[] Shape)> rows = [];

    public override int Count => rows.Count;

    public override void Clear() => rows.Clear();

    public override void Truncate(int count)
    {
        if (rows.Count > count)
        {
            rows.RemoveRange(count, rows.Count - count);
        }
    }

    public override bool TryAppend(OrtValue value, int rows, int kept, bool whole)
    {
        var shape = value.GetTensorTypeAndShape().Shape;
        RequireRoom(value.GetTensorTypeAndShape().ElementCount, QuotedBytes);
        var values = value.GetStringTensorAsArray();
        if (!FollowsRows || whole || shape.Length == 0 || IsWhole(shape[0], rows))
        {
            this.rows.Add((values, shape));
            return rows == 1;
        }

        if (shape[0] != rows)
        {
            return false;
        }

        var length = rows == 0 ? 0 : values.Length / rows;
        for (var row = 0; row < kept; row++)
        {
            this.rows.Add((values[(row * length)..((row + 1) * length)], shape[1..]));
        }

        return true;
    }

    public override bool TryWriteSingle(Utf8JsonWriter writer, int row)
    {
        if (rows[row].Values is not [var single])
        {
            return false;
        }

        writer.WriteStringValue(single);
        return true;
    }

    public override void WriteRow(Utf8JsonWriter writer, int row) => WriteAxis(writer, rows[row].Shape, rows[row].Values);

    private static void WriteAxis(Utf8JsonWriter writer, ReadOnlySpan<long> shape, ReadOnlySpan<string> values)
    {
        if (shape.Length == 0)
        {
            writer.WriteStringValue(values[0]);
            return;
        }

        writer.WriteStartArray();
        var step = shape[0] == 0 ? 0 : values.Length / (int)shape[0];
        for (var index = 0; index < shape[0]; index++)
        {
            WriteAxis(writer, shape[1..], values.Slice(index * step, step));
        }

        writer.WriteEndArray();
    }
}
