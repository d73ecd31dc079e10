using System.Text.Json.Nodes;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using ModelTool.Models;
using ModelTool.Packages;
using ModelTool.Pruning;
using Scoring.Inference;
using Scoring.Onnx;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Tooling;

/// <summary>An attention of two heads, one of which the product behind it does not read: it goes, and nothing changes.</summary>
public sealed class PruneHeadsTests
{
    private const int Positions = 4;
    private const int Heads = 2;
    private const int Size = 3;
    private const int Width = Heads * Size;

    // The same numbers added in another order.
    private const double Tolerance = 1e-5;

    [Fact]
    public void Apply_HeadThatNobodyReads_IsLeftOutWithoutChange()
    {
        var random = new Random(51);
        var model = AttentionOf(random);
        var input = ProductModel.Values(random, Positions * Width);
        var expected = Run(model, input);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.PathTo("model.onnx"), []);
        using var copy = PackageCopy.Temporary(folder.Root, _ => { });

        var (removed, of) = new HeadPruning(new UnitStrengths(new Dictionary<string, double[]> { ["merged"] = [.. Enumerable.Repeat(1.0, Width)] })).Apply(model, new JsonObject(), copy, 0.5);

        Assert.Equal((1, Heads), (removed, of));
        Assert.Equal([Width, Size], ModelFile.AllConstants(model.Graph).Single(tensor => tensor.Name.StartsWith("query_product", StringComparison.Ordinal)).Dims);
        Assert.All(expected.Zip(Run(model, input)), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    private static ModelProto AttentionOf(Random random)
    {
        var graph = new GraphProto { Name = "attention", Input = { Value("x") }, Output = { Value("y") } };
        foreach (var (name, number) in new[] { ("one", 1L), ("positions", Positions), ("heads", Heads), ("size", Size), ("width", Width) })
        {
            graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Int64, Dims = { 1 }, Int64Data = { number } });
        }

        foreach (var part in new[] { "query", "key", "value" })
        {
            graph.Initializer.Add(ProductModel.Constant($"{part}_w", ProductModel.Values(random, Width * Width), Width, Width));
            graph.Initializer.Add(ProductModel.Constant($"{part}_b", ProductModel.Values(random, Width), Width));
            Add("MatMul", $"{part}_product", "x", $"{part}_w");
            Add("Add", $"{part}_sum", $"{part}_b", $"{part}_product");
            Add("Concat", $"{part}_shape", "one", "positions", "heads", "size").Attribute.Add(new AttributeProto { Name = "axis", I = 0, Type = AttributeProto.Types.AttributeType.Int });
            Add("Reshape", $"{part}_split", $"{part}_sum", $"{part}_shape");
            Turn(Add("Transpose", $"{part}_heads", $"{part}_split"), part == "key" ? [0, 2, 3, 1] : [0, 2, 1, 3]);
        }

        Add("MatMul", "scores", "query_heads", "key_heads");
        Add("Softmax", "weights", "scores").Attribute.Add(new AttributeProto { Name = "axis", I = -1, Type = AttributeProto.Types.AttributeType.Int });
        Add("MatMul", "weighted", "weights", "value_heads");
        Turn(Add("Transpose", "turned", "weighted"), [0, 2, 1, 3]);
        Add("Concat", "merge_shape", "one", "positions", "width").Attribute.Add(new AttributeProto { Name = "axis", I = 0, Type = AttributeProto.Types.AttributeType.Int });
        Add("Reshape", "merged", "turned", "merge_shape");
        var output = ProductModel.Values(random, Width * Width);
        Array.Clear(output, 0, Size * Width);
        graph.Initializer.Add(ProductModel.Constant("output_w", output, Width, Width));
        Add("MatMul", "y", "merged", "output_w");
        return new ModelProto { IrVersion = 7, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 13 } } };

        NodeProto Add(string type, string result, params string[] inputs)
        {
            var node = new NodeProto { OpType = type, Input = { inputs }, Output = { result } };
            graph.Node.Add(node);
            return node;
        }

        static void Turn(NodeProto node, long[] order) => node.Attribute.Add(new AttributeProto { Name = "perm", Ints = { order }, Type = AttributeProto.Types.AttributeType.Ints });
    }

    private static ValueInfoProto Value(string name) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = (int)DataType.Float,
                Shape = new TensorShapeProto { Dim = { new long[] { 1, Positions, Width }.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } },
            },
        },
    };

    private static float[] Run(ModelProto model, float[] input)
    {
        NativeRuntime.EnsureReady();
        using var session = new InferenceSession(model.ToByteArray());
        using var value = OrtValue.CreateTensorValueFromMemory(input, [1, Positions, Width]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [value], ["y"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
