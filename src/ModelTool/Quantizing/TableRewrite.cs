using ModelTool.Models;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>Tables of Gather, float32 or float16, as INT8: rows stay INT8 until they are picked.</summary>
internal sealed class TableRewrite(GraphRewrite graph, bool perChannel)
{
    /// <summary>Outputs of nodes that are no longer needed, a conversion to float32 behind a table of float16.</summary>
    public HashSet<string> Absorbed { get; } = new(StringComparer.Ordinal);

    public void Apply(NodeProto node, TensorProto tensor, float[] rows)
    {
        var columns = (int)tensor.Dims[1];
        var quantized = QuantizedMatrix.Of(rows, columns, perChannel, 127);
        var table = graph.Constant(TensorFloats.Write($"{tensor.Name}_int8", quantized.Values, [.. tensor.Dims]));
        var scale = graph.Constant(TensorFloats.Write($"{tensor.Name}_int8_scale", quantized.Scales, perChannel ? [columns] : []));
        var picked = node.Clone();
        picked.Input[0] = table;
        picked.Output[0] = $"{node.Output[0]}_int8";
        graph.Keep(picked);
        var dequantize = graph.Add("DequantizeLinear", [picked.Output[0], scale], node.Output[0]);
        if (perChannel)
        {
            // The columns are the last axis of whatever was picked.
            dequantize.Set("axis", -1);
        }

        if (tensor.DataType == (int)DataType.Float16)
        {
            Narrow(node.Output[0], dequantize);
        }
    }

    // DequantizeLinear answers float32. Where a conversion to that is all that follows, it is left out.
    private void Narrow(string output, NodeProto dequantize)
    {
        if (graph.OnlyReader(output) is { OpType: "Cast" } cast && cast.Integer("to", 0) == (long)DataType.Float)
        {
            dequantize.Output[0] = cast.Output[0];
            Absorbed.Add(cast.Output[0]);
            return;
        }

        dequantize.Output[0] = $"{output}_float";
        graph.Add("Cast", [dequantize.Output[0]], output).Set("to", (long)DataType.Float16);
    }
}
