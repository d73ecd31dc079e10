using ModelTool.Models;
using Scoring.Onnx;

namespace ModelTool.Quantizing;

/// <summary>
/// Convolutions, and what runs between them, as QDQ, which ONNX Runtime fuses at load (QLinearConv and its kin): activations unsigned, filters signed and symmetric with a scale each, biases
/// as int32 of the scale that the product of both has.
/// </summary>
internal sealed class ConvolutionRewrite(GraphRewrite graph, QuantizationOptions options, ActivationRewrite activations)
{
    /// <summary>Rewrites a convolution.</summary>
    /// <param name="node">With constant weights.</param>
    /// <param name="result">What it gives, behind a Relu that it takes in.</param>
    /// <param name="tensor">Its filters, [filters, …].</param>
    /// <param name="weights">Their numbers.</param>
    public void Convolve(NodeProto node, string result, TensorProto tensor, float[] weights)
    {
        var filters = (int)tensor.Dims[0];
        var matrix = QuantizedMatrix.OfRows(weights, filters, options.PerChannel, options.SevenBits ? 64 : 127);
        var stem = graph.Fresh($"{node.Output[0]}_int8");
        long[] axis = options.PerChannel ? [filters] : [];
        graph.Constant(TensorFloats.Write($"{stem}_weights", matrix.Values, [.. tensor.Dims]));
        graph.Constant(TensorFloats.Write($"{stem}_scale", matrix.Scales, axis));
        graph.Constant(TensorFloats.Write($"{stem}_zero", new sbyte[matrix.Scales.Length], axis));
        var made = node.Clone();
        made.Input[0] = activations.Read(node.Input[0], stem);
        made.Input[1] = graph.Linear("DequantizeLinear", [$"{stem}_weights", $"{stem}_scale", $"{stem}_zero"], $"{stem}_float", options.PerChannel ? 0 : null);
        if (node.Input.Count > 2 && graph.ConstantOf(node.Input[2]) is { } bias && TensorFloats.Read(bias) is { } shifts)
        {
            made.Input[2] = Bias(shifts, matrix.Scales, activations.ScaleOf(node.Input[0]), stem);
        }

        made.Output[0] = $"{stem}_sums";
        graph.Keep(made);
        activations.Write(made.Output[0], result, like: null);
    }

    /// <summary>Rewrites an operator whose inputs are integers.</summary>
    public void Follow(NodeProto node, string result)
    {
        var stem = graph.Fresh($"{node.Output[0]}_int8");
        var made = node.Clone();
        for (var input = 0; input < (StaticPlan.IsMoving(node) ? 1 : node.Input.Count); input++)
        {
            made.Input[input] = activations.Read(node.Input[input], $"{stem}_{input}");
        }

        made.Output[0] = $"{stem}_sums";
        graph.Keep(made);
        activations.Write(made.Output[0], result, StaticPlan.IsMoving(node) ? node.Input[0] : null);
    }

    private string Bias(float[] shifts, float[] scales, float inputScale, string stem)
    {
        float[] products = [.. shifts.Select((_, filter) => inputScale * scales[scales.Length == 1 ? 0 : filter])];
        graph.Constant(TensorFloats.Write($"{stem}_bias", [.. shifts.Select((shift, filter) => (int)Math.Clamp(Math.Round((double)shift / products[filter]), int.MinValue, int.MaxValue))], shifts.Length));
        graph.Constant(TensorFloats.Write($"{stem}_bias_scale", options.PerChannel ? products : products[..1], options.PerChannel ? [shifts.Length] : []));
        return graph.Linear("DequantizeLinear", [$"{stem}_bias", $"{stem}_bias_scale"], $"{stem}_bias_float", options.PerChannel ? 0 : null);
    }
}
