using Google.Protobuf;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Bench.Measuring;

/// <summary>512 MiB of weights: matrices of one size that each multiply the same input, their products added up.</summary>
internal static class HeavyModel
{
    public const long Bytes = 512L << 20;

    /// <summary>Numbers of an instance.</summary>
    public const int Inputs = 8192;

    /// <summary>Writes <c>model.onnx</c> with the weights in so many tensors.</summary>
    public static void Write(string folder, int tensors)
    {
        var columns = (int)(Bytes / sizeof(float) / Inputs / tensors);
        var graph = new GraphProto { Name = "heavy" };
        graph.Input.Add(Value("x", Inputs));
        graph.Output.Add(Value("y", columns));
        for (var index = 0; index < tensors; index++)
        {
            graph.Initializer.Add(Weights($"w{index}", columns));
            graph.Node.Add(Node("MatMul", $"p{index}", "x", $"w{index}"));
        }

        graph.Node.Add(Node("Sum", "y", [.. Enumerable.Range(0, tensors).Select(index => $"p{index}")]));
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        using var file = File.Create(Path.Combine(folder, "model.onnx"));
        model.WriteTo(file);
    }

    private static TensorProto Weights(string name, int columns)
    {
        // No page of zeros, which a system may share.
        var bytes = new byte[(long)Inputs * columns * sizeof(float)];
        for (var index = 0; index < bytes.Length; index += sizeof(float))
        {
            bytes[index] = (byte)(index / sizeof(float));
        }

        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        tensor.Dims.AddRange([Inputs, columns]);
        return tensor;
    }

    private static NodeProto Node(string type, string output, params string[] inputs)
    {
        var node = new NodeProto { OpType = type, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        return node;
    }

    private static ValueInfoProto Value(string name, int width)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "rows" }, new TensorShapeProto.Types.Dimension { DimValue = width } } };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float, Shape = shape } } };
    }
}
