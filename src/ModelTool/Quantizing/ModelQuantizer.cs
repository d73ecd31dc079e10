using ModelTool.Models;
using ModelTool.Native;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>Rewrites a model to smaller numbers: matrix products of constant float32 matrices, convolutions and tables of Gather. Which, and why the rest is left, stands in the plan.</summary>
internal static class ModelQuantizer
{
    /// <summary>Rewrites a model in place.</summary>
    /// <exception cref="RefusedException">There is something to rewrite, and its operator set is older than the operators that it takes.</exception>
    public static QuantizationPlan Rewrite(ModelProto model, QuantizationOptions options)
    {
        // Operators of integers came with it; those of weights alone exist as the runtime's own as well.
        if (!options.Mode.IsForSize() && HasCandidates(model, options.Mode) && OpsetRaise.Apply(model) is { } reason)
        {
            throw new RefusedException($"Declined: {reason}.");
        }

        if (options.Mode == QuantizationMode.Static)
        {
            ConvolutionFolding.Apply(model);
        }

        return new ModelPass(model, options).Run();
    }

    /// <summary>Values whose ranges <see cref="QuantizationMode.Static"/> has to know, of the model as it is folded first.</summary>
    public static IReadOnlyList<string> Watch(ModelProto model, IReadOnlyCollection<string> exclude)
    {
        OpsetRaise.Apply(model);
        ConvolutionFolding.Apply(model);
        var rewrite = new GraphRewrite(model);
        return
        [
            .. model.Graph.Node.Where(node => IsProduct(node) && IsMatrix(rewrite.ConstantOf(node.Input[1]), DataType.Float)).Select(node => node.Input[0])
                .Concat(StaticPlan.Of(model.Graph, rewrite, exclude, _ => true).Watched).Distinct(),
        ];
    }

    /// <summary>True for a matrix product of the standard operators.</summary>
    public static bool IsProduct(NodeProto node) => node is { OpType: "MatMul" or "Gemm", Domain.Length: 0 };

    /// <summary>True for a constant matrix of one of the types.</summary>
    public static bool IsMatrix(TensorProto? tensor, params DataType[] types) => tensor is { Dims.Count: 2 } && types.Contains((DataType)tensor.DataType);

    private static bool HasCandidates(ModelProto model, QuantizationMode mode)
    {
        var rewrite = new GraphRewrite(model.Clone());
        return model.Graph.Node.Any(node =>
            (IsProduct(node) && IsMatrix(rewrite.ConstantOf(node.Input[1]), DataType.Float))
            || (mode == QuantizationMode.Static && node is { OpType: "Conv", Domain.Length: 0 } && rewrite.ConstantOf(node.Input[1]) is not null)
            || (node is { OpType: "Gather", Domain.Length: 0 } && IsMatrix(rewrite.ConstantOf(node.Input[0]), DataType.Float, DataType.Float16)));
    }
}
