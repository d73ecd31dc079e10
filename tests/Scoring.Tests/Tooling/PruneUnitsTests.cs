using System.Text.Json.Nodes;
using ModelTool.Models;
using ModelTool.Packages;
using ModelTool.Pruning;
using Scoring.Onnx;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>Two products with a bias and a Gelu's parts between them: units that say nothing go, and nothing changes.</summary>
public sealed class PruneUnitsTests
{
    private const int Width = 6;
    private const int Units = 8;

    // The same numbers added in another order.
    private const double Tolerance = 1e-5;

    [Fact]
    public void Apply_HalfOfTheUnitsSayNothing_AreLeftOutWithoutChange()
    {
        var random = new Random(41);
        var second = ProductModel.Values(random, Units * Width);
        Array.Clear(second, Units / 2 * Width, Units / 2 * Width);
        var model = Perceptron(random, second);
        var input = ProductModel.Values(random, 2 * Width);
        var expected = ProductModel.Run(model, input, 2, Width);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.PathTo("model.onnx"), []);
        using var copy = PackageCopy.Temporary(folder.Root, _ => { });

        var (removed, of) = new StructuredPruning(new UnitStrengths(new Dictionary<string, double[]> { ["activated"] = [.. Enumerable.Repeat(1.0, Units)] })).Apply(model, new JsonObject(), copy, 0.5);

        Assert.Equal((Units / 2, Units), (removed, of));
        Assert.All(ModelFile.AllConstants(model.Graph).Where(tensor => tensor.Dims.Count > 0), tensor => Assert.DoesNotContain(Units, tensor.Dims));
        Assert.All(expected.Zip(ProductModel.Run(model, input, 2, Width)), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Fact]
    public void In_UnitsThatSomebodyElseReads_AreNotTaken()
    {
        var model = Perceptron(new Random(42), ProductModel.Values(new Random(43), Units * Width));
        model.Graph.Output.Add(ProductModel.Value("hidden", "rows", Units));

        Assert.Empty(FeedForward.In(model.Graph, new GraphRewrite(model)));
    }

    private static ModelProto Perceptron(Random random, float[] second)
    {
        var model = ProductModel.Of("MatMul", ProductModel.Values(random, Width * Units), Width, Units);
        var graph = model.Graph;
        graph.Node[0].Output[0] = "product";
        graph.Initializer.Add(ProductModel.Constant("bias", ProductModel.Values(random, Units), Units));
        graph.Initializer.Add(ProductModel.Constant("half", [0.5f]));
        graph.Initializer.Add(ProductModel.Constant("w2", second, Units, Width));
        graph.Node.Add(new NodeProto { OpType = "Add", Input = { "bias", "product" }, Output = { "hidden" } });
        graph.Node.Add(new NodeProto { OpType = "Erf", Input = { "hidden" }, Output = { "erf" } });
        graph.Node.Add(new NodeProto { OpType = "Mul", Input = { "hidden", "erf" }, Output = { "gated" } });
        graph.Node.Add(new NodeProto { OpType = "Mul", Input = { "gated", "half" }, Output = { "activated" } });
        graph.Node.Add(new NodeProto { OpType = "MatMul", Input = { "activated", "w2" }, Output = { "y" } });
        graph.Output[0] = ProductModel.Value("y", "rows", Width);
        return model;
    }
}
