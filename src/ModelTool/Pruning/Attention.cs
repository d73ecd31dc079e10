using ModelTool.Models;
using ModelTool.Quantizing;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Pruning;

/// <summary>An attention as exporters spell it: query, key and value, each a product with a bias, put into heads by Reshape; softmax; heads put side by side by Reshape; a product.</summary>
/// <param name="Parts">Of query, key and value: the product, the addition of its bias, and the Concat that makes the shape [rows, positions, heads, size].</param>
/// <param name="Merge">The Concat that makes the shape [rows, positions, heads × size].</param>
/// <param name="Output">Its first input is what the heads say; its matrix is [heads × size, outputs].</param>
internal sealed record Attention(IReadOnlyList<(NodeProto Product, NodeProto Bias, NodeProto Shape)> Parts, NodeProto Merge, NodeProto Output, int Heads, int Size)
{
    private static readonly string[] BesideScores = ["Softmax", "Add", "Sub", "Mul", "Div", "Where", "Cast"];

    /// <summary>All of a graph.</summary>
    public static IReadOnlyList<Attention> In(GraphProto graph, GraphRewrite rewrite)
    {
        var producers = graph.Node.SelectMany(node => node.Output.Select(output => (output, node))).ToDictionary(pair => pair.output, pair => pair.node);
        return [.. graph.Node.Select(node => Of(node, rewrite, producers)).OfType<Attention>()];
    }

    private static Attention? Of(NodeProto output, GraphRewrite rewrite, Dictionary<string, NodeProto> producers)
    {
        if (Matrix(output, rewrite) is null || Made(output.Input[0], "Reshape") is not { } merge || Made(merge.Input[1], "Concat") is not { } merged
            || Made(merge.Input[0], "Transpose") is not { } turned || Made(turned.Input[0], "MatMul") is not { } weighted
            || Part(weighted.Input[1]) is not var (value, heads, size) || Scores(weighted.Input[0]) is not { } scores
            || Part(scores.Input[0]) is not var (query, queryHeads, _) || Part(scores.Input[1]) is not var (key, keyHeads, _)
            || queryHeads != heads || keyHeads != heads || Number(merged.Input[^1]) != heads * size)
        {
            return null;
        }

        return new([query, key, value], merged, output, (int)heads, (int)size);

        NodeProto? Made(string name, string type) => producers.TryGetValue(name, out var node) && node.OpType == type && node.Domain.Length == 0 ? node : null;

        long? Number(string name) => rewrite.ConstantOf(name) is { DataType: (int)DataType.Int64 } tensor && ModelFile.Elements(tensor) == 1
            ? tensor.HasRawData ? BitConverter.ToInt64(tensor.RawData.Span) : tensor.Int64Data[0] : null;

        ((NodeProto Product, NodeProto Bias, NodeProto Shape) Part, long Heads, long Size)? Part(string name)
        {
            if (Made(name, "Transpose") is not { } transpose || Made(transpose.Input[0], "Reshape") is not { } split || Made(split.Input[1], "Concat") is not { Input.Count: 4 } shape
                || Number(shape.Input[2]) is not { } count || Number(shape.Input[3]) is not { } wide || Made(split.Input[0], "Add") is not { } bias)
            {
                return null;
            }

            var product = bias.Input.Select(input => Made(input, "MatMul")).OfType<NodeProto>().FirstOrDefault();
            return product is not null && Matrix(product, rewrite)?.Dims[1] == count * wide ? ((product, bias, shape), count, wide) : null;
        }

        // The product of queries and keys, behind the softmax, the mask and the division.
        NodeProto? Scores(string name)
        {
            var open = new Queue<string>([name]);
            while (open.TryDequeue(out var next))
            {
                if (!producers.TryGetValue(next, out var node))
                {
                    continue;
                }

                if (node.OpType == "MatMul")
                {
                    return node;
                }

                if (BesideScores.Contains(node.OpType))
                {
                    foreach (var input in node.Input)
                    {
                        open.Enqueue(input);
                    }
                }
            }

            return null;
        }
    }

    private static TensorProto? Matrix(NodeProto node, GraphRewrite rewrite) =>
        node is { OpType: "MatMul", Domain.Length: 0 } && rewrite.ConstantOf(node.Input[1]) is { DataType: (int)DataType.Float, Dims.Count: 2 } tensor ? tensor : null;
}
