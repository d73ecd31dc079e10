using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using Scoring.Onnx;

namespace ModelTool.Training.Fitting;

/// <summary>Builds an ONNX model node by node. The bytes depend on the calls alone.</summary>
public sealed class OnnxGraph(string name)
{
    /// <summary>Opset 13 and IR 7 (ONNX 1.8, 2020): old enough for any runtime in use, new enough for Softmax over an axis.</summary>
    private const int Opset = 13;
    private const int IrVersion = 7;

    private readonly GraphProto graph = new() { Name = name };

    /// <summary>A dimension is a size or, as a string, the name of one that varies.</summary>
    public OnnxGraph Input(string name, TensorProto.Types.DataType type, params object[] shape)
    {
        graph.Input.Add(Value(name, type, shape));
        return this;
    }

    /// <inheritdoc cref="Input"/>
    public OnnxGraph Output(string name, TensorProto.Types.DataType type, params object[] shape)
    {
        graph.Output.Add(Value(name, type, shape));
        return this;
    }

    /// <summary>A float32 constant, row-major.</summary>
    public OnnxGraph Constant(string name, ReadOnlySpan<float> values, params long[] shape)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var index = 0; index < values.Length; index++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * sizeof(float)), values[index]);
        }

        return Constant(name, TensorProto.Types.DataType.Float, bytes, shape);
    }

    /// <summary>An int64 constant, row-major.</summary>
    public OnnxGraph Constant(string name, ReadOnlySpan<long> values, params long[] shape)
    {
        var bytes = new byte[values.Length * sizeof(long)];
        for (var index = 0; index < values.Length; index++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(index * sizeof(long)), values[index]);
        }

        return Constant(name, TensorProto.Types.DataType.Int64, bytes, shape);
    }

    /// <summary>A constant of any type but string, given as its little-endian bytes.</summary>
    public OnnxGraph Constant(string name, TensorProto.Types.DataType type, byte[] littleEndian, params long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(littleEndian) };
        tensor.Dims.AddRange(shape);
        graph.Initializer.Add(tensor);
        return this;
    }

    /// <summary>A node with one output; attributes are long, long[] or float.</summary>
    public OnnxGraph Node(string operation, string[] inputs, string output, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        foreach (var attribute in attributes)
        {
            node.Attribute.Add(Attribute(attribute.Name, attribute.Value));
        }

        graph.Node.Add(node);
        return this;
    }

    /// <summary>Scores become the output <c>probabilities</c>: by a softmax, or each by itself.</summary>
    public OnnxGraph Probabilities(string scores, bool isIndependent) =>
        isIndependent ? Node("Sigmoid", [scores], "probabilities") : Node("Softmax", [scores], "probabilities", ("axis", 1L));

    /// <summary>The finished model, serialised.</summary>
    /// <param name="description">What it is and what it was trained on, for whoever opens the file.</param>
    /// <param name="producer">The program that writes it.</param>
    public byte[] ToModel(string description, string producer) => new ModelProto
    {
        IrVersion = IrVersion,
        ProducerName = producer,
        DocString = description,
        Graph = graph,
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } },
    }.ToByteArray();

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, object[] shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (var size in shape)
        {
            dimensions.Dim.Add(size is string symbol
                ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
                : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(size, CultureInfo.InvariantCulture) });
        }

        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dimensions };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        long number => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = number },
        float number => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = number },
        long[] numbers => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { numbers } },
        _ => throw new ArgumentException($"Attribute {name} is a {value.GetType().Name}; expected long, float or long[]."),
    };
}
