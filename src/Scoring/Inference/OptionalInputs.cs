using Scoring.Onnx;

namespace Scoring.Inference;

/// <summary>
/// Which inputs of an optional type may really be left out. A node that is handed nothing where it expects something ends the process, so only those count that
/// a graph asks about before it reads them.
/// </summary>
internal static class OptionalInputs
{
    /// <summary>Names of the inputs that are read only by OptionalHasElement, or in a branch that its answer chose.</summary>
    public static HashSet<string> ThatMayBeAbsent(string modelPath)
    {
        using var file = File.OpenRead(modelPath);
        var graph = ModelProto.Parser.ParseFrom(file).Graph;
        return [.. graph.Input.Where(input => input.Type?.OptionalType is not null && graph.Node.All(node => IsSafe(graph, node, input.Name))).Select(input => input.Name)];
    }

    private static bool IsSafe(GraphProto graph, NodeProto node, string input)
    {
        if (node.Input.Contains(input))
        {
            return node.OpType == "OptionalHasElement";
        }

        return !ReadsInside(node, input) || (node.OpType == "If" && AsksAbout(graph, node.Input[0], input));
    }

    // The condition itself, or its negation.
    private static bool AsksAbout(GraphProto graph, string condition, string input)
    {
        var node = graph.Node.FirstOrDefault(node => node.Output.Contains(condition));
        return node?.OpType switch
        {
            "OptionalHasElement" => node.Input.Contains(input),
            "Not" => AsksAbout(graph, node.Input[0], input),
            _ => false,
        };
    }

    private static bool ReadsInside(NodeProto node, string input) => node.Attribute.Any(attribute =>
        (attribute.G is not null && Reads(attribute.G, input)) || attribute.Graphs.Any(graph => Reads(graph, input)));

    private static bool Reads(GraphProto graph, string input)
        => graph.Node.Any(node => node.Input.Contains(input) || ReadsInside(node, input)) || graph.Output.Any(output => output.Name == input);
}
