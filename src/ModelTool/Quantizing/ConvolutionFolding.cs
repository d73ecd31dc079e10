using ModelTool.Models;
using Scoring.Onnx;

namespace ModelTool.Quantizing;

/// <summary>
/// Takes what scales and shifts a convolution's channels into its weights: BatchNormalization (Jacob et al. 2018, section 3.2), and multiplication by and addition of a constant for each
/// channel. ONNX Runtime does so at load; once weights are integers it no longer can.
/// </summary>
internal static class ConvolutionFolding
{
    /// <summary>Folds in place.</summary>
    public static void Apply(ModelProto model)
    {
        var graph = new GraphRewrite(model);
        var gone = new HashSet<NodeProto>();
        foreach (var node in model.Graph.Node.ToList())
        {
            if (gone.Contains(node))
            {
                continue;
            }

            graph.Keep(node.OpType == "Conv" && node.Domain.Length == 0 ? Folded(graph, node, gone) : node);
        }

        graph.Finish();
    }

    private static NodeProto Folded(GraphRewrite graph, NodeProto node, HashSet<NodeProto> gone)
    {
        if (graph.ConstantOf(node.Input[1]) is not { } tensor || TensorFloats.Read(tensor) is not { } weights)
        {
            return node;
        }

        var channels = (int)tensor.Dims[0];
        var bias = node.Input.Count > 2 && node.Input[2].Length > 0 ? Constant(graph, node.Input[2], channels) : new float[channels];
        if (bias is null)
        {
            return node;
        }

        var folded = node.Clone();
        while (graph.OnlyReader(folded.Output[0]) is { } next && Affine(graph, next, folded.Output[0], channels) is var (scale, shift))
        {
            for (var index = 0; index < weights.Length; index++)
            {
                weights[index] *= scale[index / (weights.Length / channels)];
            }

            for (var channel = 0; channel < channels; channel++)
            {
                bias[channel] = (bias[channel] * scale[channel]) + shift[channel];
            }

            folded.Output[0] = next.Output[0];
            gone.Add(next);
        }

        if (folded.Output[0] == node.Output[0])
        {
            return node;
        }

        var stem = graph.Fresh($"{folded.Output[0]}_folded");
        folded.Input[1] = graph.Constant(TensorFloats.Write($"{stem}_weights", weights, [.. tensor.Dims]));
        var shifts = graph.Constant(TensorFloats.Write($"{stem}_bias", bias, channels));
        if (folded.Input.Count > 2)
        {
            folded.Input[2] = shifts;
        }
        else
        {
            folded.Input.Add(shifts);
        }

        return folded;
    }

    // What a node does to each channel; null for any other node.
    private static (float[] Scale, float[] Shift)? Affine(GraphRewrite graph, NodeProto node, string input, int channels)
    {
        switch (node.OpType)
        {
            case "BatchNormalization" when node.Output.Count == 1 && node.Integer("spatial", 1) == 1 && node.Integer("training_mode", 0) == 0:
                var parts = node.Input.Skip(1).Select(name => Constant(graph, name, channels)).ToList();
                if (parts is not [{ } gamma, { } beta, { } mean, { } variance])
                {
                    return null;
                }

                var epsilon = node.Number("epsilon", 1e-5f);
                float[] scale = [.. gamma.Zip(variance, (factor, spread) => factor / MathF.Sqrt(spread + epsilon))];
                return (scale, [.. beta.Select((shift, channel) => shift - (mean[channel] * scale[channel]))]);
            case "Mul" when Other(graph, node, input, channels) is { } factors:
                return (factors, new float[channels]);
            case "Add" when Other(graph, node, input, channels) is { } shifts:
                return ([.. Enumerable.Repeat(1f, channels)], shifts);
            default:
                return null;
        }
    }

    private static float[]? Other(GraphRewrite graph, NodeProto node, string input, int channels)
    {
        var other = node.Input[0] == input ? node.Input[1] : node.Input[0];
        if (graph.ConstantOf(other) is not { } tensor || TensorFloats.Read(tensor) is not { } values)
        {
            return null;
        }

        // One number for all, or channels as the second of four dimensions.
        return values.Length == 1 ? [.. Enumerable.Repeat(values[0], channels)]
            : values.Length == channels && tensor.Dims.Count >= 3 && tensor.Dims[^3] == channels ? values
            : null;
    }

    private static float[]? Constant(GraphRewrite graph, string name, int length) =>
        graph.ConstantOf(name) is { } tensor && TensorFloats.Read(tensor) is { } values && values.Length == length ? (float[])values.Clone() : null;
}
