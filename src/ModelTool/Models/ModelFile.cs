using Google.Protobuf;
using ModelTool.Native;
using Scoring.Onnx;

namespace ModelTool.Models;

/// <summary>ONNX files read without the native runtime.</summary>
internal static class ModelFile
{
    /// <summary>Parses a model.</summary>
    /// <exception cref="RefusedException">It is no ONNX model.</exception>
    public static ModelProto Read(string path)
    {
        try
        {
            using var content = File.OpenRead(path);
            var model = ModelProto.Parser.ParseFrom(content);
            return model.Graph is null ? throw new RefusedException($"{path} is no ONNX model: it holds no graph.") : model;
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new RefusedException($"{path} is no ONNX model: {exception.Message}", exception);
        }
    }

    /// <summary>Parses a model with the constants that lie in files beside it.</summary>
    /// <exception cref="RefusedException">It is no ONNX model, or its files are not there.</exception>
    public static ModelProto ReadWhole(string path)
    {
        var model = Read(path);
        ExternalWeights.Inline(model, Path.GetDirectoryName(Path.GetFullPath(path))!);
        return model;
    }

    /// <summary>Version of the standard operators; 0 where the model uses none.</summary>
    public static long Opset(ModelProto model) => model.OpsetImport.Where(set => set.Domain.Length == 0 || set.Domain == "ai.onnx").Select(set => set.Version).DefaultIfEmpty(0).Max();

    /// <summary>A graph and those inside it, branches and loop bodies.</summary>
    public static IEnumerable<GraphProto> AllGraphs(GraphProto graph) => graph.Node.SelectMany(Subgraphs).SelectMany(AllGraphs).Prepend(graph);

    /// <summary>Every node of a graph and of the graphs inside it, branches and loop bodies.</summary>
    public static IEnumerable<NodeProto> AllNodes(GraphProto graph)
        => graph.Node.SelectMany(node => Subgraphs(node).SelectMany(AllNodes).Prepend(node));

    /// <summary>Every constant of a graph and of the graphs inside it.</summary>
    public static IEnumerable<TensorProto> AllConstants(GraphProto graph)
        => graph.Initializer
            .Concat(graph.Node.SelectMany(node => node.Attribute).Where(attribute => attribute.T is not null).Select(attribute => attribute.T))
            .Concat(graph.Node.SelectMany(Subgraphs).SelectMany(AllConstants));

    /// <summary>Count of a tensor's elements.</summary>
    public static long Elements(TensorProto tensor) => tensor.Dims.Aggregate(1L, (product, size) => product * size);

    /// <summary>The bodies of an If, Loop or Scan.</summary>
    public static IEnumerable<GraphProto> Subgraphs(NodeProto node)
        => node.Attribute.Where(attribute => attribute.G is not null).Select(attribute => attribute.G).Concat(node.Attribute.SelectMany(attribute => attribute.Graphs));
}
