using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference.Buffers;

/// <summary>A sequence or map output, such as the sequence of maps that a ZipMap makes: one map a row.</summary>
internal sealed class ObjectOutput(ValueSpec spec, bool followsRows) : OutputBuffer(spec, followsRows)
{
    private readonly List<OutputNode> rows = [];

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
        var node = OutputNode.Read(value, Spec);
        if (!FollowsRows || whole)
        {
            this.rows.Add(node);
            return rows == 1;
        }

        if (node is not SequenceNode sequence || sequence.Items.Count != rows)
        {
            return false;
        }

        this.rows.AddRange(sequence.Items.Take(kept));
        return true;
    }

    public override void WriteRow(Utf8JsonWriter writer, int row) => rows[row].Write(writer);

    public override bool TryWriteSingle(Utf8JsonWriter writer, int row) => false;

    /// <summary>The map of a row; null when the row is no map of numbers.</summary>
    public MapNode? Map(int row) => rows[row] as MapNode;
}
