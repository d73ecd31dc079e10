using Google.Protobuf.Collections;
using Scoring.Onnx;

namespace ModelTool.Models;

/// <summary>
/// Says a model of operator set 7 to 10 in operator set 11, which has the operators for integers. Most operators mean the same in both; of those that do not, what became an input is made a
/// constant.
/// </summary>
internal static class OpsetRaise
{
    /// <summary>The set that it raises to.</summary>
    public const long Target = 11;

    // Before it, operators of two inputs broadcast by attributes.
    private const long Oldest = 7;

    // Other inputs, other meanings, or gone.
    private static readonly string[] Changed = ["Upsample", "Resize", "TopK", "Scan", "Scatter", "MaxUnpool"];

    /// <summary>Raises in place.</summary>
    /// <returns>Why it cannot be; null where it was done, or nothing was to do.</returns>
    public static string? Apply(ModelProto model)
    {
        var from = ModelFile.Opset(model);
        if (from >= Target)
        {
            return null;
        }

        var graphs = ModelFile.AllGraphs(model.Graph).ToList();
        var nodes = graphs.SelectMany(graph => graph.Node).Where(node => node.Domain.Length == 0).ToList();
        var inTheWay = nodes.Where(node => Changed.Contains(node.OpType) || (node.OpType == "BatchNormalization" && node.Integer("spatial", 1) != 1)).Select(node => node.OpType).Distinct().ToList();
        if (from < Oldest || inTheWay.Count > 0)
        {
            return $"the model uses operator set {from}{(inTheWay.Count > 0 ? $", and {string.Join(", ", inTheWay)} cannot be said in a later one by itself" : "")}; export it anew with {Target} or later";
        }

        var names = new GraphRewrite(model);
        foreach (var graph in graphs)
        {
            foreach (var node in graph.Node.Where(node => node.Domain.Length == 0))
            {
                Raise(node, graph, names, from);
            }
        }

        foreach (var set in model.OpsetImport.Where(set => set.Domain.Length == 0 || set.Domain == "ai.onnx"))
        {
            set.Version = Target;
        }

        return null;
    }

    private static void Raise(NodeProto node, GraphProto graph, GraphRewrite names, long from)
    {
        switch (node.OpType)
        {
            case "BatchNormalization":
                Take(node, "spatial");
                break;
            case "Slice" when from < 10:
                node.Input.Add(Constant(graph, names, node, Take(node, "starts")!.Ints));
                node.Input.Add(Constant(graph, names, node, Take(node, "ends")!.Ints));
                if (Take(node, "axes") is { } axes)
                {
                    node.Input.Add(Constant(graph, names, node, axes.Ints));
                }

                break;
            case "Clip":
                node.Input.Add(Constant(graph, names, node, Take(node, "min")?.F ?? float.MinValue));
                node.Input.Add(Constant(graph, names, node, Take(node, "max")?.F ?? float.MaxValue));
                break;
            case "Pad":
                node.Input.Add(Constant(graph, names, node, Take(node, "pads")!.Ints));
                node.Input.Add(Constant(graph, names, node, Take(node, "value")?.F ?? 0));
                break;
        }
    }

    private static AttributeProto? Take(NodeProto node, string name)
    {
        var found = node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
        if (found is not null)
        {
            node.Attribute.Remove(found);
        }

        return found;
    }

    private static string Constant(GraphProto graph, GraphRewrite names, NodeProto node, float value) => Add(graph, Quantizing.TensorFloats.Write(names.Fresh($"{node.Output[0]}_raised"), [value]));

    private static string Constant(GraphProto graph, GraphRewrite names, NodeProto node, RepeatedField<long> values)
    {
        var tensor = new TensorProto { Name = names.Fresh($"{node.Output[0]}_raised"), DataType = (int)TensorProto.Types.DataType.Int64, Dims = { values.Count } };
        tensor.Int64Data.AddRange(values);
        return Add(graph, tensor);
    }

    private static string Add(GraphProto graph, TensorProto tensor)
    {
        graph.Initializer.Add(tensor);
        return tensor.Name;
    }
}
