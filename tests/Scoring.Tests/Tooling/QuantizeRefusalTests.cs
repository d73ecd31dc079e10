using Google.Protobuf;
using ModelTool.Models;
using ModelTool.Quantizing;
using Scoring.Onnx;
using TestCommon;
using RefusedException = ModelTool.Native.RefusedException;

namespace Scoring.Tests.Tooling;

/// <summary>Constants are found where exporters put them, and what is left says why.</summary>
public sealed class QuantizeRefusalTests : IDisposable
{
    // INT8 of weights from -1 to 1, a product 32 long.
    private const double Tolerance = 0.15;

    private const int Width = 32;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Identity")]
    [InlineData("Transpose")]
    public void Rewrite_ConstantBehindAnOperator_IsFoldedFirst(string type)
    {
        var random = new Random(13);
        var model = Behind(type, random);
        var input = ProductModel.Values(random, Width);
        var expected = ProductModel.Run(model, input, 1, Width);

        var plan = ModelQuantizer.Rewrite(model, Dynamic);

        Assert.Equal(1, plan.Products);
        Assert.DoesNotContain(model.Graph.Node, node => node.OpType == type);
        Assert.DoesNotContain(model.Graph.Initializer, tensor => tensor.Name == "w");
        Assert.All(expected.Zip(ProductModel.Run(model, input, 1, Width)), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Fact]
    public void Rewrite_ExcludedConstantBehindTranspose_KeepsTheModel()
    {
        var model = Behind("Transpose", new Random(13));
        var before = model.Clone();

        ModelQuantizer.Rewrite(model, Dynamic with { Exclude = ["y"] });

        Assert.Equal(before.Graph.Node, model.Graph.Node);
    }

    [Fact]
    public void Rewrite_MatrixThatCallersMayReplace_IsLeftForThatReason()
    {
        var model = ProductModel.Of("MatMul", ProductModel.Values(new Random(14), Width * Width), Width, Width);
        model.Graph.Input.Add(ProductModel.Value("w", "inner", Width));

        var plan = ModelQuantizer.Rewrite(model, Dynamic);

        Assert.Equal((0, "y: its matrix 'w' is an input as well, so callers may send another"), (plan.Products, Assert.Single(plan.Left)));
    }

    [Fact]
    public void Rewrite_OldOpset_IsRefusedOnlyWhereThereIsSomethingToRewrite()
    {
        var model = ProductModel.Of("MatMul", ProductModel.Values(new Random(15), Width * Width), Width, Width);
        model.OpsetImport[0].Version = 6;
        var convolution = new ModelProto { IrVersion = 7, Graph = new GraphProto { Node = { new NodeProto { OpType = "Conv", Input = { "x", "w" }, Output = { "y" } } } }, OpsetImport = { new OperatorSetIdProto { Version = 6 } } };

        Assert.Contains("operator set 6", Assert.Throws<RefusedException>(() => ModelQuantizer.Rewrite(model, Dynamic)).Message, StringComparison.Ordinal);
        Assert.Equal("1 Conv: convolutions become INT8 by the ranges of rows alone, --static --data FILE", Assert.Single(ModelQuantizer.Rewrite(convolution, Dynamic).Left));
    }

    [Fact]
    public async Task Quantize_OldOpset_EndsAsADeclinedOneDoes()
    {
        var model = ProductModel.Of("MatMul", ProductModel.Values(new Random(16), Width * Width), Width, Width);
        model.OpsetImport[0].Version = 6;
        await File.WriteAllBytesAsync(folder.PathTo("old.onnx"), model.ToByteArray());

        var run = await ToolRun.Of("quantize", folder.PathTo("old.onnx"), "--dynamic", "--out", folder.PathTo("out"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Declined", run.Output, StringComparison.Ordinal);
    }

    private static QuantizationOptions Dynamic => new(QuantizationMode.Dynamic, true, true, []);

    private static ModelProto Behind(string type, Random random)
    {
        var model = ProductModel.Of("MatMul", ProductModel.Values(random, Width * Width), Width, Width);
        model.Graph.Node[0].Input[1] = "behind";
        model.Graph.Node.Insert(0, new NodeProto { OpType = type, Input = { "w" }, Output = { "behind" } });
        return model;
    }
}
