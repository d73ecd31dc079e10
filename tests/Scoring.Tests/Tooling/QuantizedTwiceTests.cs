using ModelTool.Models;
using ModelTool.Quantizing;
using Scoring.Onnx;

namespace Scoring.Tests.Tooling;

/// <summary>Names that a rewrite makes up are nobody else's.</summary>
public sealed class QuantizedTwiceTests
{
    // INT8 of weights from -1 to 1 beside float32, through two products 32 wide.
    private const double Tolerance = 0.2;

    private const int Width = 32;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rewrite_InTwoPasses_GivesAModelThatRunsAndAnswersAlike(bool weightOnly)
    {
        var mode = weightOnly ? QuantizationMode.WeightOnly : QuantizationMode.Dynamic;
        var random = new Random(9);
        var model = ProductModel.Of("MatMul", ProductModel.Values(random, Width * Width), Width, Width);
        model.Graph.Node[0].Output[0] = "first";
        model.Graph.Initializer.Add(ProductModel.Constant("w2", ProductModel.Values(random, Width * Width), Width, Width));
        model.Graph.Node.Add(new NodeProto { OpType = "MatMul", Input = { "x", "w2" }, Output = { "second" } });
        model.Graph.Node.Add(new NodeProto { OpType = "Add", Input = { "first", "second" }, Output = { "y" } });
        var input = ProductModel.Values(random, Width);
        var expected = ProductModel.Run(model, input, 1, Width);

        var one = ModelQuantizer.Rewrite(model, new QuantizationOptions(mode, true, true, ["second"]) { MinShare = 0 });
        var two = ModelQuantizer.Rewrite(model, new QuantizationOptions(mode, true, true, []) { MinShare = 0 });

        Assert.Equal((1, 1), (one.Products, two.Products));
        AssertAlike(expected, ProductModel.Run(model, input, 1, Width));
        var names = model.Graph.Node.Select(node => node.Name).Where(name => name.Length > 0).ToList();
        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void Rewrite_ConstantOfAMadeUpName_IsNotTakenForTheMadeUpOne()
    {
        var random = new Random(10);
        var model = ProductModel.Of("MatMul", ProductModel.Values(random, Width * Width), Width, Width);
        model.Graph.Node[0].Output[0] = "between";
        model.Graph.Initializer.Add(ProductModel.Constant("between_int8_weights", ProductModel.Values(random, Width), Width));
        model.Graph.Node.Add(new NodeProto { OpType = "Add", Input = { "between", "between_int8_weights" }, Output = { "y" } });
        var input = ProductModel.Values(random, Width);
        var expected = ProductModel.Run(model, input, 1, Width);

        ModelQuantizer.Rewrite(model, new QuantizationOptions(QuantizationMode.Dynamic, true, true, []));

        AssertAlike(expected, ProductModel.Run(model, input, 1, Width));
        Assert.Equal(2, ModelFile.AllConstants(model.Graph).Count(tensor => tensor.Name.EndsWith("_weights", StringComparison.Ordinal)));
    }

    // The table is made INT8 once for both that pick from it, and by a name that is free.
    [Fact]
    public void Rewrite_TableThatTwoPickFrom_IsOneConstant()
    {
        var table = ProductModel.Constant("table", ProductModel.Values(new Random(11), 8 * Width), 8, Width);
        var graph = new GraphProto { Name = "tables", Initializer = { table } };
        graph.Node.Add(new NodeProto { OpType = "Gather", Input = { "table", "a" }, Output = { "p" } });
        graph.Node.Add(new NodeProto { OpType = "Gather", Input = { "table", "b" }, Output = { "q" } });
        var model = new ModelProto { IrVersion = 7, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 13 } } };

        ModelQuantizer.Rewrite(model, new QuantizationOptions(QuantizationMode.Dynamic, true, true, []));

        Assert.Single(graph.Initializer, tensor => tensor.DataType == (int)TensorProto.Types.DataType.Int8);
    }

    private static void AssertAlike(float[] expected, float[] found) => Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
}
