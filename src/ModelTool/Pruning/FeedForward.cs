using ModelTool.Models;
using ModelTool.Quantizing;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Pruning;

/// <summary>
/// Two products with nothing between them but operators that work number by number: the feed-forward part of a transformer's layer, or two layers of a perceptron. A column of the first
/// matrix, its part of the constants between, and a row of the second can be left out together.
/// </summary>
/// <param name="First">Its matrix is [inputs, units].</param>
/// <param name="Second">Its matrix is [units, outputs]; its first input is what the units say.</param>
/// <param name="Between">Operators that hold a constant of one number a unit, and which input that is.</param>
internal sealed record FeedForward(NodeProto First, NodeProto Second, IReadOnlyList<(NodeProto Node, int Input)> Between, int Units)
{
    private static readonly string[] NumberByNumber = ["Add", "Sub", "Mul", "Div", "Pow", "Erf", "Tanh", "Relu", "Sigmoid", "Sqrt", "Gelu", "Identity", "LeakyRelu", "Elu", "Clip", "Softplus"];

    /// <summary>All of a graph.</summary>
    public static IReadOnlyList<FeedForward> In(GraphProto graph, GraphRewrite rewrite)
    {
        var producers = graph.Node.SelectMany(node => node.Output.Select(output => (output, node))).ToDictionary(pair => pair.output, pair => pair.node);
        var readers = ModelFile.AllNodes(graph).SelectMany(node => node.Input.Distinct().Select(input => (input, node))).ToLookup(pair => pair.input, pair => pair.node);
        return [.. graph.Node.Select(node => Of(node, rewrite, producers, readers)).OfType<FeedForward>()];
    }

    private static FeedForward? Of(NodeProto second, GraphRewrite rewrite, Dictionary<string, NodeProto> producers, ILookup<string, NodeProto> readers)
    {
        if (Matrix(second, rewrite) is not { } matrix)
        {
            return null;
        }

        var units = (int)matrix.Dims[0];
        var (inside, between) = (new HashSet<NodeProto> { second }, new List<(NodeProto, int)>());
        NodeProto? first = null;
        var open = new Queue<string>([second.Input[0]]);
        while (open.TryDequeue(out var value))
        {
            if (!producers.TryGetValue(value, out var node) || rewrite.IsOutput(value))
            {
                return null;
            }

            if (Matrix(node, rewrite) is { } before && before.Dims[1] == units && (first is null || first == node))
            {
                first = node;
                inside.Add(node);
            }
            else if (!NumberByNumber.Contains(node.OpType) || node.Domain.Length > 0 || !Take(node, units, rewrite, open, between))
            {
                return null;
            }
            else
            {
                inside.Add(node);
            }
        }

        // Nobody else may see the units.
        return first is not null && inside.Where(node => node != second).All(node => readers[node.Output[0]].All(inside.Contains)) ? new(first, second, [.. between.Distinct()], units) : null;
    }

    private static bool Take(NodeProto node, int units, GraphRewrite rewrite, Queue<string> open, List<(NodeProto, int)> between)
    {
        for (var input = 0; input < node.Input.Count; input++)
        {
            if (node.Input[input].Length == 0)
            {
                continue;
            }

            if (rewrite.ConstantOf(node.Input[input]) is not { } constant)
            {
                open.Enqueue(node.Input[input]);
            }
            else if (ModelFile.Elements(constant) == units && constant.Dims.Count > 0 && constant.Dims[^1] == units)
            {
                between.Add((node, input));
            }
            else if (ModelFile.Elements(constant) != 1)
            {
                return false;
            }
        }

        return true;
    }

    private static TensorProto? Matrix(NodeProto node, GraphRewrite rewrite) =>
        node is { OpType: "MatMul", Domain.Length: 0 } && rewrite.ConstantOf(node.Input[1]) is { DataType: (int)DataType.Float, Dims.Count: 2 } tensor && TensorFloats.Read(tensor) is not null ? tensor : null;
}
