using ModelTool.Models;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>Tables of Gather, float32 or float16, as INT8: rows stay INT8 until they are picked.</summary>
internal sealed class TableRewrite(GraphRewrite graph, bool perChannel)
{
    // What a table is called as integers, by its name: several nodes may pick from it.
    private readonly Dictionary<string, string> quantizedTables = new(StringComparer.Ordinal);

    /// <summary>Outputs of nodes that are no longer needed, a conversion to float32 behind a table of float16.</summary>
    public HashSet<string> Absorbed { get; } = new(StringComparer.Ordinal);

    public void Apply(NodeProto node, TensorProto tensor, float[] rows)
    {
        var columns = (int)tensor.Dims[1];
        if (!quantizedTables.TryGetValue(tensor.Name, out var table))
        {
            table = quantizedTables[tensor.Name] = graph.Fresh($"{tensor.Name}_int8");
            var quantized = QuantizedMatrix.Of(rows, columns, perChannel, 127);
            graph.Constant(TensorFloats.Write(table, quantized.Values, [.. tensor.Dims]));
            graph.Constant(TensorFloats.Write($"{table}_scale", quantized.Scales, perChannel ? [columns] : []));
        }

        var scale = $"{table}_scale";
        var picked = node.Clone();
        picked.Input[0] = table;
        picked.Output[0] = graph.Fresh($"{node.Output[0]}_int8");
        graph.Keep(picked);

        // DequantizeLinear answers float32; the columns are the last axis of whatever was picked.
        var ready = tensor.DataType == (int)DataType.Float16 ? Absorb(node.Output[0]) : node.Output[0];
        var floats = ready ?? graph.Fresh($"{node.Output[0]}_float");
        graph.Linear("DequantizeLinear", [picked.Output[0], scale], floats, perChannel ? -1 : null);
        if (ready is null)
        {
            graph.Add("Cast", [floats], node.Output[0]).Set("to", (long)DataType.Float16);
        }
    }

    // Where a conversion to float32 is all that follows, it is left out: the name of what it gave.
    private string? Absorb(string output)
    {
        if (graph.OnlyReader(output) is { OpType: "Cast" } cast && cast.Integer("to", 0) == (long)DataType.Float)
        {
            Absorbed.Add(cast.Output[0]);
            return cast.Output[0];
        }

        return null;
    }
}
