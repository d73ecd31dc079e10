using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using ModelTool.Models;
using ModelTool.Quantizing;
using Scoring.Inference;
using Scoring.Onnx;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Tooling;

/// <summary>A residual block, x → Conv, BatchNormalization, Relu → Conv, plus what went in → Relu: as integers throughout.</summary>
public sealed class QuantizedConvolutionTests
{
    private const int Channels = 8;
    private const int Side = 10;

    // Three roundings to 8 bits of numbers up to about 8.
    private const double Tolerance = 0.25;

    [Theory]
    [InlineData(8)]
    [InlineData(11)]
    [InlineData(13)]
    public void Rewrite_ResidualBlock_RunsAsIntegersAndAnswersAlike(int opset)
    {
        var random = new Random(opset);
        var model = Block(random, opset);
        var input = ProductModel.Values(random, Channels * Side * Side);
        var expected = Run(model, input);
        var watched = ModelQuantizer.Watch(model.Clone(), []);
        var ranges = watched.ToDictionary(name => name, name => name == "x" ? new InputRange(-1, 1) : new InputRange(0, 8));

        var plan = ModelQuantizer.Rewrite(model, new QuantizationOptions(QuantizationMode.Static, true, SevenBits: true, []) { Ranges = ranges });

        Assert.Equal(["x", "first", "y"], watched.Where(name => name is "x" or "first" or "y"));
        Assert.Equal((2, 0), (plan.Convolutions, plan.Left.Count));
        Assert.Equal(["QLinearConv", "QLinearConv"], Optimised(model).Where(type => type.Contains("Conv", StringComparison.Ordinal)));
        Assert.DoesNotContain("Relu", Optimised(model));
        Assert.All(expected.Zip(Run(model, input)), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Fact]
    public void Apply_WhatScalesChannels_IsTakenIntoTheFilters()
    {
        var random = new Random(3);
        var model = Block(random, 13);
        var input = ProductModel.Values(random, Channels * Side * Side);
        var expected = Run(model, input);

        ConvolutionFolding.Apply(model);

        Assert.DoesNotContain(model.Graph.Node, node => node.OpType == "BatchNormalization");
        Assert.All(expected.Zip(Run(model, input)), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void Apply_OldOperators_MeanTheSameInTheLaterSet()
    {
        var graph = new GraphProto { Name = "old", Input = { ProductModel.Value("x", "rows", 6) }, Output = { ProductModel.Value("y", "rows", 3) } };
        graph.Node.Add(new NodeProto { OpType = "Slice", Input = { "x" }, Output = { "s" }, Attribute = { Ints("starts", 1), Ints("ends", 4), Ints("axes", 1) } });
        graph.Node.Add(new NodeProto { OpType = "Clip", Input = { "s" }, Output = { "y" }, Attribute = { new AttributeProto { Name = "min", F = -0.5f, Type = AttributeProto.Types.AttributeType.Float } } });
        var model = new ModelProto { IrVersion = 4, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 8 } } };
        var input = ProductModel.Values(new Random(4), 12);
        var expected = ProductModel.Run(model, input, 2, 6);

        Assert.Null(OpsetRaise.Apply(model));

        Assert.Equal(OpsetRaise.Target, ModelFile.Opset(model));
        Assert.Equal(expected, ProductModel.Run(model, input, 2, 6));
    }

    [Fact]
    public void Apply_OperatorThatMeansSomethingElseLater_IsRefusedByName()
    {
        var model = new ModelProto { Graph = new GraphProto { Node = { new NodeProto { OpType = "Upsample" } } }, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 9 } } };

        Assert.Contains("Upsample", OpsetRaise.Apply(model), StringComparison.Ordinal);
    }

    private static ModelProto Block(Random random, int opset)
    {
        var graph = new GraphProto { Name = "block", Input = { Value("x") }, Output = { Value("y") } };
        graph.Initializer.Add(ProductModel.Constant("w1", ProductModel.Values(random, Channels * Channels * 9), Channels, Channels, 3, 3));
        graph.Initializer.Add(ProductModel.Constant("w2", ProductModel.Values(random, Channels * Channels), Channels, Channels, 1, 1));
        graph.Initializer.Add(ProductModel.Constant("b2", ProductModel.Values(random, Channels), Channels));
        graph.Initializer.Add(ProductModel.Constant("gamma", [.. Enumerable.Repeat(0.3f, Channels)], Channels));
        graph.Initializer.Add(ProductModel.Constant("beta", ProductModel.Values(random, Channels), Channels));
        graph.Initializer.Add(ProductModel.Constant("mean", ProductModel.Values(random, Channels), Channels));
        graph.Initializer.Add(ProductModel.Constant("variance", [.. Enumerable.Repeat(1.5f, Channels)], Channels));
        graph.Node.Add(new NodeProto { OpType = "Conv", Input = { "x", "w1" }, Output = { "c1" }, Attribute = { Ints("pads", 1, 1, 1, 1), Ints("kernel_shape", 3, 3) } });
        graph.Node.Add(new NodeProto { OpType = "BatchNormalization", Input = { "c1", "gamma", "beta", "mean", "variance" }, Output = { "n1" } });
        graph.Node.Add(new NodeProto { OpType = "Relu", Input = { "n1" }, Output = { "first" } });
        graph.Node.Add(new NodeProto { OpType = "Conv", Input = { "first", "w2", "b2" }, Output = { "c2" } });
        graph.Node.Add(new NodeProto { OpType = "Relu", Input = { "c2" }, Output = { "r2" } });
        graph.Node.Add(new NodeProto { OpType = "Add", Input = { "r2", "first" }, Output = { "a" } });
        graph.Node.Add(new NodeProto { OpType = "Relu", Input = { "a" }, Output = { "y" } });
        return new ModelProto { IrVersion = 4, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = opset } } };
    }

    private static AttributeProto Ints(string name, params long[] values) => new() { Name = name, Ints = { values }, Type = AttributeProto.Types.AttributeType.Ints };

    private static ValueInfoProto Value(string name) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = (int)DataType.Float,
                Shape = new TensorShapeProto { Dim = { new long[] { 1, Channels, Side, Side }.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } },
            },
        },
    };

    private static float[] Run(ModelProto model, float[] input)
    {
        NativeRuntime.EnsureReady();
        using var session = new InferenceSession(model.ToByteArray());
        using var value = OrtValue.CreateTensorValueFromMemory(input, [1, Channels, Side, Side]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [value], ["y"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static List<string> Optimised(ModelProto model)
    {
        using var folder = new TemporaryFolder();
        using var options = new SessionOptions { OptimizedModelFilePath = folder.PathTo("optimised.onnx"), LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using (new InferenceSession(model.ToByteArray(), options))
        {
        }

        return [.. ModelFile.AllNodes(ModelFile.Read(folder.PathTo("optimised.onnx")).Graph).Select(node => node.OpType)];
    }
}
