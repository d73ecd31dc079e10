using ModelTool.Models;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>
/// Which values of a graph of convolutions run as integers from one operator to the next: the inputs and outputs of convolutions with constant weights, and what is made of such outputs
/// alone by operators that ONNX Runtime has for integers.
/// </summary>
internal sealed class StaticPlan
{
    // These give what they take, in another order or fewer: scale and zero stay.
    private static readonly string[] Moving = ["MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze"];

    private static readonly string[] Computing = ["Add", "Mul", "Concat", "AveragePool", "GlobalAveragePool", "LeakyRelu", "Sigmoid"];

    private readonly Dictionary<NodeProto, string> results = [];
    private readonly HashSet<string> clamps = new(StringComparer.Ordinal);
    private readonly List<string> watched = [];

    private StaticPlan(GraphProto graph, GraphRewrite rewrite, IReadOnlyCollection<string> exclude, Func<string, bool> isKnown)
    {
        var integers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in graph.Node.Where(node => node.Domain.Length == 0))
        {
            var isConvolution = node.OpType == "Conv" && isKnown(node.Input[0]) && rewrite.ConstantOf(node.Input[1]) is { DataType: (int)DataType.Float } && !exclude.Contains(node.Name) && !exclude.Contains(node.Output[0]);
            if (!isConvolution && !Follows(node, integers))
            {
                continue;
            }

            var result = node.Output[0];
            if (!IsMoving(node) && rewrite.OnlyReader(result) is { OpType: "Relu" or "Clip" } clamp && IsFromZero(clamp, rewrite))
            {
                // What is below 0 has no integer anyway.
                result = clamp.Output[0];
            }

            if (!IsMoving(node) && !isKnown(result))
            {
                continue;
            }

            results[node] = result;
            integers.Add(result);
            clamps.Add(result == node.Output[0] ? "" : result);
            watched.AddRange(isConvolution ? [node.Input[0], result] : IsMoving(node) ? [] : [result]);
        }
    }

    /// <summary>Values whose ranges have to be known.</summary>
    public IEnumerable<string> Watched => watched.Distinct();

    /// <param name="graph">Folded.</param>
    /// <param name="rewrite">Of that graph.</param>
    /// <param name="exclude">Names of nodes, or of their outputs, that stay float32.</param>
    /// <param name="isKnown">Whether a value's range is known.</param>
    public static StaticPlan Of(GraphProto graph, GraphRewrite rewrite, IReadOnlyCollection<string> exclude, Func<string, bool> isKnown) => new(graph, rewrite, exclude, isKnown);

    /// <summary>True for an operator that gives what it takes.</summary>
    public static bool IsMoving(NodeProto node) => Moving.Contains(node.OpType);

    /// <summary>What an operator gives, behind a Relu that it takes in; null for one that stays float32.</summary>
    public string? ResultOf(NodeProto node) => results.GetValueOrDefault(node);

    /// <summary>True for a Relu or Clip that the operator before it takes in.</summary>
    public bool IsAbsorbed(NodeProto node) => node.OpType is "Relu" or "Clip" && clamps.Contains(node.Output[0]);

    private static bool Follows(NodeProto node, HashSet<string> integers) =>
        (IsMoving(node) && node.Output.Count == 1 && integers.Contains(node.Input[0])) || (Computing.Contains(node.OpType) && node.Input.All(integers.Contains));

    private static bool IsFromZero(NodeProto clamp, GraphRewrite rewrite) => clamp.OpType == "Relu"
        || (clamp.Input.Count == 1 ? clamp.Number("min", float.MinValue) == 0
            : rewrite.ConstantOf(clamp.Input[1]) is { } least && TensorFloats.Read(least) is [0]);
}
