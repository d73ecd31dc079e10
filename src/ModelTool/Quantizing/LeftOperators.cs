using ModelTool.Models;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>Operators that hold weights and that no rewrite takes, and products whose matrix is none that stays.</summary>
internal sealed class LeftOperators(IReadOnlyList<NodeProto> nodes, GraphRewrite rewrite, QuantizationMode mode)
{
    private static readonly string[] Weighty = ["Conv", "ConvTranspose", "ConvInteger", "LSTM", "GRU", "RNN"];

    /// <summary>Adds why each is left.</summary>
    /// <param name="left">What is left so far.</param>
    /// <param name="isNothingDone">True where nothing was rewritten: then every product says why.</param>
    public void Say(List<string> left, bool isNothingDone)
    {
        left.AddRange(nodes.Where(node => Weighty.Contains(node.OpType) && !(mode == QuantizationMode.Static && node.OpType == "Conv")).GroupBy(node => node.OpType)
            .Select(group => $"{group.Count()} {group.Key}: {(group.Key == "Conv" ? "convolutions become INT8 by the ranges of rows alone, --static --data FILE" : "only matrix products, convolutions and tables are rewritten")}"));
        foreach (var node in nodes.Where(ModelQuantizer.IsProduct))
        {
            var name = node.Name.Length > 0 ? node.Name : node.Output[0];
            if (rewrite.IsOverridable(node.Input[1]))
            {
                left.Add($"{name}: its matrix '{node.Input[1]}' is an input as well, so callers may send another");
            }
            else if (isNothingDone && rewrite.ConstantOf(node.Input[1]) is null)
            {
                left.Add($"{name}: its second input is computed in each run");
            }
            else if (isNothingDone && rewrite.ConstantOf(node.Input[1]) is { } constant && !ModelQuantizer.IsMatrix(constant, DataType.Float))
            {
                left.Add($"{name}: its constant is {(DataType)constant.DataType} of {constant.Dims.Count} dimensions, not a float32 matrix");
            }
        }
    }
}
