using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using ModelTool.Models;
using ModelTool.Quantizing;
using Scoring.Inference;
using Scoring.Onnx;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>Products in the branches of an If, and several that share an input.</summary>
public sealed class QuantizedBodiesTests
{
    // INT8 of weights from -1 to 1, a product 32 long.
    private const double Tolerance = 0.15;

    private const int Width = 32;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rewrite_ProductInABranch_IsRewrittenWithConstantsOfEitherGraph(bool isInside)
    {
        var random = new Random(31);
        var model = Branches(random, isInside);
        var input = ProductModel.Values(random, Width);
        var expected = ProductModel.Run(model, input, 1, Width);

        var plan = ModelQuantizer.Rewrite(model, new QuantizationOptions(QuantizationMode.Dynamic, true, true, []));

        Assert.Equal((2, 0), (plan.Products, plan.Left.Count));
        Assert.DoesNotContain(ModelFile.AllConstants(model.Graph), tensor => tensor.Name is "w1" or "w2");
        Assert.All(expected.Zip(ProductModel.Run(model, input, 1, Width)), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    // An attention's query, key and value.
    [Fact]
    public void Rewrite_ThreeProductsOfOneInput_AreAllFusedByTheRuntime()
    {
        var random = new Random(32);
        var model = ProductModel.Of("MatMul", ProductModel.Values(random, Width * Width), Width, Width);
        model.Graph.Node[0].Output[0] = "p0";
        model.Graph.Node.Add(new NodeProto { OpType = "MatMul", Input = { "x", "w1" }, Output = { "p1" } });
        model.Graph.Node.Add(new NodeProto { OpType = "MatMul", Input = { "x", "w2" }, Output = { "p2" } });
        model.Graph.Node.Add(new NodeProto { OpType = "Sum", Input = { "p0", "p1", "p2" }, Output = { "y" } });
        model.Graph.Initializer.Add(ProductModel.Constant("w1", ProductModel.Values(random, Width * Width), Width, Width));
        model.Graph.Initializer.Add(ProductModel.Constant("w2", ProductModel.Values(random, Width * Width), Width, Width));

        ModelQuantizer.Rewrite(model, new QuantizationOptions(QuantizationMode.Static, true, true, []) { Ranges = new Dictionary<string, InputRange> { ["x"] = new(-1, 1) } });

        NativeRuntime.EnsureReady();
        using var folder = new TemporaryFolder();
        using var options = new SessionOptions { OptimizedModelFilePath = folder.PathTo("optimised.onnx"), LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using (new InferenceSession(model.ToByteArray(), options))
        {
        }

        Assert.Equal(3, ModelFile.AllNodes(ModelFile.Read(folder.PathTo("optimised.onnx")).Graph).Count(node => node.OpType == "MatMulIntegerToFloat"));
    }

    private static ModelProto Branches(Random random, bool isInside)
    {
        var model = ProductModel.Of("MatMul", [0], 1, 1);
        var graph = new GraphProto { Name = "branches", Input = { ProductModel.Value("x", "rows", Width) }, Output = { ProductModel.Value("y", "rows", Width) } };
        model.Graph = graph;
        graph.Initializer.Add(new TensorProto { Name = "always", DataType = (int)TensorProto.Types.DataType.Bool, Int32Data = { 1 } });
        var node = new NodeProto { OpType = "If", Input = { "always" }, Output = { "y" } };
        foreach (var (name, weights) in new[] { ("then_branch", "w1"), ("else_branch", "w2") })
        {
            var body = new GraphProto { Name = name, Output = { ProductModel.Value(name, "rows", Width) } };
            body.Node.Add(new NodeProto { OpType = "MatMul", Input = { "x", weights }, Output = { name } });
            (isInside ? body : graph).Initializer.Add(ProductModel.Constant(weights, ProductModel.Values(random, Width * Width), Width, Width));
            node.Attribute.Add(new AttributeProto { Name = name, G = body, Type = AttributeProto.Types.AttributeType.Graph });
        }

        graph.Node.Add(node);
        return model;
    }
}
