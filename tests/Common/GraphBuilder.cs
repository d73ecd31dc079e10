using Google.Protobuf;
using Scoring.Onnx;
using AttributeType = Scoring.Onnx.AttributeProto.Types.AttributeType;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace TestCommon;

/// <summary>Makes small models for tests.</summary>
internal sealed class GraphBuilder
{
    private const string ExtensionDomain = "ai.onnx.contrib";
    private const string ImageDomain = "com.microsoft.extensions";

    private readonly GraphProto graph = new() { Name = "test" };
    private readonly ModelProto model;

    public GraphBuilder(int opset = 17)
    {
        model = new ModelProto { IrVersion = 8, ProducerName = "tests", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 3 });
    }

    /// <summary>A model that gives back what it gets, for any type.</summary>
    /// <param name="type">The element type of input <c>x</c> and output <c>y</c>.</param>
    /// <param name="dimensions">As <see cref="Input"/> takes them.</param>
    public static GraphBuilder Echo(DataType type, params object?[]? dimensions)
        => new GraphBuilder().Input("x", type, dimensions).Node("Identity", ["x"], ["y"]).Output("y", type, dimensions);

    /// <param name="name">The input's name.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="dimensions">A text is a symbol, a number a size, null a dimension without a name; no array at all leaves the shape out.</param>
    public GraphBuilder Input(string name, DataType type, params object?[]? dimensions)
    {
        graph.Input.Add(new ValueInfoProto { Name = name, Type = Tensor(type, dimensions) });
        return this;
    }

    public GraphBuilder Output(string name, DataType type, params object?[]? dimensions)
    {
        graph.Output.Add(new ValueInfoProto { Name = name, Type = Tensor(type, dimensions) });
        return this;
    }

    public GraphBuilder Input(string name, TypeProto type)
    {
        graph.Input.Add(new ValueInfoProto { Name = name, Type = type });
        return this;
    }

    public GraphBuilder Output(string name, TypeProto type)
    {
        graph.Output.Add(new ValueInfoProto { Name = name, Type = type });
        return this;
    }

    public GraphBuilder Node(string type, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = outputs[0] };
        if (type is "ZipMap" or "DictVectorizer" or "LabelEncoder" or "ArrayFeatureExtractor" or "LinearClassifier" or "Imputer" or "Scaler" or "TreeEnsembleRegressor")
        {
            node.Domain = "ai.onnx.ml";
        }

        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes);
        graph.Node.Add(node);
        return this;
    }

    /// <summary>A node of onnxruntime-extensions.</summary>
    public GraphBuilder Extension(string type, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        Node(type, inputs, outputs, attributes);
        var domain = type is "DecodeImage" or "EncodeImage" ? ImageDomain : ExtensionDomain;
        graph.Node[^1].Domain = domain;
        if (!model.OpsetImport.Any(import => import.Domain == domain))
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = 1 });
        }

        return this;
    }

    public GraphBuilder Initializer(TensorProto tensor)
    {
        graph.Initializer.Add(tensor);
        return this;
    }

    public GraphBuilder Floats(string name, long[] shape, params float[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float };
        tensor.Dims.AddRange(shape);
        tensor.FloatData.AddRange(values);
        return Initializer(tensor);
    }

    public GraphBuilder Longs(string name, long[] shape, params long[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Int64 };
        tensor.Dims.AddRange(shape);
        tensor.Int64Data.AddRange(values);
        return Initializer(tensor);
    }

    public GraphBuilder Texts(string name, params string[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.String };
        tensor.Dims.Add(values.Length);
        tensor.StringData.AddRange(values.Select(ByteString.CopyFromUtf8));
        return Initializer(tensor);
    }

    public static AttributeProto Attribute(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    public static AttributeProto Attribute(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    public static AttributeProto Attribute(string name, float value) => new() { Name = name, Type = AttributeType.Float, F = value };

    public static AttributeProto Attribute(string name, params float[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Floats };
        attribute.Floats.AddRange(values);
        return attribute;
    }

    public static AttributeProto Attribute(string name, params string[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Strings };
        attribute.Strings.AddRange(values.Select(ByteString.CopyFromUtf8));
        return attribute;
    }

    public static TypeProto SequenceOf(TypeProto item) => new() { SequenceType = new TypeProto.Types.Sequence { ElemType = item } };

    public static TypeProto MapOf(DataType key, DataType value)
        => new() { MapType = new TypeProto.Types.Map { KeyType = (int)key, ValueType = Tensor(value, []) } };

    public static TypeProto Tensor(DataType type, params object?[]? dimensions)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type };
        if (dimensions is not null)
        {
            tensor.Shape = new TensorShapeProto();
            tensor.Shape.Dim.AddRange(dimensions.Select(dimension => dimension switch
            {
                string symbol => new TensorShapeProto.Types.Dimension { DimParam = symbol },
                int size => new TensorShapeProto.Types.Dimension { DimValue = size },
                _ => new TensorShapeProto.Types.Dimension(),
            }));
        }

        return new TypeProto { TensorType = tensor };
    }

    /// <summary>Writes <c>model.onnx</c> into a folder, which is created if it is missing; gives back the folder.</summary>
    public string Save(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), model.ToByteArray());
        return folder;
    }
}
