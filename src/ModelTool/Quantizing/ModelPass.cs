using ModelTool.Models;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>One pass over a model's graph and the bodies of its Ifs and Loops.</summary>
internal sealed class ModelPass(ModelProto model, QuantizationOptions options)
{
    // What a matrix of this size saves is worth the operator that it costs, however large the rest is.
    private const long MinBytes = 1 << 16;

    private readonly long weightBytes = ModelFile.AllConstants(model.Graph).Sum(TensorFloats.Bytes);
    private readonly List<string> left = [];
    private readonly List<string> names = [];
    private int products;
    private int tables;
    private int convolutions;
    private int halves;
    private int added;

    /// <summary>Rewrites.</summary>
    public QuantizationPlan Run()
    {
        var rewrite = new GraphRewrite(model);
        Pass(model.Graph, rewrite, isBody: false);
        return new QuantizationPlan(products, tables, added, left, names) { Convolutions = convolutions, Halves = halves };
    }

    private void Pass(GraphProto graph, GraphRewrite rewrite, bool isBody)
    {
        var before = graph.Node.ToList();
        if (options.Mode == QuantizationMode.Float16)
        {
            Halve(before, rewrite);
        }
        else
        {
            Quantize(graph, before, rewrite, isBody);
        }
    }

    private void Halve(List<NodeProto> nodes, GraphRewrite rewrite)
    {
        var half = new HalfRewrite(rewrite, options);
        foreach (var node in nodes)
        {
            PassInside(node, rewrite);
            half.Apply(node);
        }

        left.AddRange(half.Left.Distinct());
        halves += half.Count;
        added += rewrite.Finish();
    }

    private void Quantize(GraphProto graph, List<NodeProto> nodes, GraphRewrite rewrite, bool isBody)
    {
        var activations = new ActivationRewrite(rewrite, options);
        var product = new ProductRewrite(rewrite, options, activations);
        var convolution = new ConvolutionRewrite(rewrite, options, activations);
        var table = new TableRewrite(rewrite, options.PerChannel);
        var plan = options.Mode == QuantizationMode.Static && !isBody ? StaticPlan.Of(graph, rewrite, options.Exclude, activations.IsKnown) : null;
        foreach (var node in nodes)
        {
            PassInside(node, rewrite);
            if (table.Absorbed.Contains(node.Output.FirstOrDefault() ?? "") || plan?.IsAbsorbed(node) == true)
            {
                continue;
            }

            if (plan?.ResultOf(node) is { } result)
            {
                Integers(node, result, rewrite, activations, convolution);
            }
            else if (ModelQuantizer.IsProduct(node) && Weights(node, 1, rewrite, ProductReason(node, activations, isBody)) is var (matrix, weights))
            {
                product.Apply(node, matrix, weights);
                products++;
            }
            else if (node is { OpType: "Gather", Domain.Length: 0 } && Weights(node, 0, rewrite, node.Integer("axis", 0) != 0 ? "it picks columns" : null) is var (rows, numbers))
            {
                table.Apply(node, rows, numbers);
                tables++;
            }
            else
            {
                rewrite.Keep(node);
            }
        }

        new LeftOperators(nodes, rewrite, options.Mode).Say(left, products + tables + convolutions == 0);
        added += rewrite.Finish();
    }

    private void PassInside(NodeProto node, GraphRewrite rewrite)
    {
        foreach (var body in ModelFile.Subgraphs(node))
        {
            Pass(body, rewrite.Inside(body), isBody: true);
        }
    }

    private void Integers(NodeProto node, string result, GraphRewrite rewrite, ActivationRewrite activations, ConvolutionRewrite convolution)
    {
        if (node.OpType != "Conv")
        {
            convolution.Follow(node, result);
            return;
        }

        var tensor = rewrite.ConstantOf(node.Input[1])!;
        convolution.Convolve(node, result, tensor, TensorFloats.Read(tensor)!);
        names.Add(NameOf(node));
        convolutions++;
    }

    private (TensorProto Tensor, float[] Values)? Weights(NodeProto node, int input, GraphRewrite rewrite, string? reason)
    {
        DataType[] types = node.OpType == "Gather" ? [DataType.Float, DataType.Float16] : [DataType.Float];
        if (rewrite.ConstantOf(node.Input[input]) is not { } tensor || !ModelQuantizer.IsMatrix(tensor, types))
        {
            return null;
        }

        var name = NameOf(node);
        var values = TensorFloats.Read(tensor);
        reason = options.Exclude.Contains(name) || options.Exclude.Contains(node.Output[0]) ? "excluded"
            : values is null ? "its weights lie in a file of their own"
            : !Array.TrueForAll(values, float.IsFinite) ? "its weights are not finite"
            : options.Mode == QuantizationMode.WeightOnly && TensorFloats.Bytes(tensor) < Math.Min(options.MinShare * weightBytes, MinBytes) ? "its weights are too small a share of all"
            : reason;
        if (reason is not null)
        {
            left.Add($"{name}: {reason}");
            return null;
        }

        names.Add(name);
        return (tensor, values!);
    }

    private string? ProductReason(NodeProto node, ActivationRewrite activations, bool isBody) =>
        node.OpType == "Gemm" && node.Integer("transA", 0) != 0 ? "its first input is transposed"
        : options.Mode != QuantizationMode.Static ? null
        : isBody ? "ranges inside the body of an If or Loop are not measured"
        : !activations.IsKnown(node.Input[0]) ? "the rows of --data showed no range of its input"
        : null;

    private static string NameOf(NodeProto node) => node.Name.Length > 0 ? node.Name : node.Output[0];
}
