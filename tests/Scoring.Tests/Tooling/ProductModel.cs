using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Scoring.Inference;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Tooling;

/// <summary>A model of one matrix product, x float32 [rows, inner] → y float32 [rows, columns], and its run without the engine.</summary>
internal static class ProductModel
{
    public static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];

    public static ModelProto Of(string type, float[] weights, int inner, int columns)
    {
        var graph = new GraphProto { Name = "product" };
        graph.Input.Add(Value("x", "rows", inner));
        graph.Initializer.Add(Constant("w", weights, inner, columns));
        graph.Node.Add(new NodeProto { OpType = type, Input = { "x", "w" }, Output = { "y" } });
        graph.Output.Add(Value("y", "rows", columns));
        return new ModelProto { IrVersion = 7, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 13 } } };
    }

    public static TensorProto Constant(string name, float[] values, params long[] dims) =>
        new() { Name = name, DataType = (int)DataType.Float, Dims = { dims }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };

    public static ValueInfoProto Value(string name, string rows, int columns) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = (int)DataType.Float,
                Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = rows }, new TensorShapeProto.Types.Dimension { DimValue = columns } } },
            },
        },
    };

    public static float[] Run(ModelProto model, float[] input, int rows, int inner)
    {
        NativeRuntime.EnsureReady();
        using var session = new InferenceSession(model.ToByteArray());
        using var value = OrtValue.CreateTensorValueFromMemory(input, [rows, inner]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [value], ["y"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
