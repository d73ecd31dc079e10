using System.Globalization;
using Google.Protobuf;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace TestCommon;

/// <summary>Packages whose prediction tells which version answered: y = x + offset, a regression of one number.</summary>
internal static class OffsetModel
{
    // A test machine may be busy: nobody is to be refused since the answer takes longer than 50 ms.
    private const string Slo = "\"sloMilliseconds\":10000,";

    /// <summary>Writes <c>model.onnx</c>, <c>model.json</c> and <c>golden.json</c> into a folder.</summary>
    /// <param name="folder">Created if it is missing.</param>
    /// <param name="offset">What is added to x.</param>
    /// <param name="weightBytes">Size of a table that every run looks at, so that the session keeps it.</param>
    /// <param name="goldenError">Added to what the golden case expects; anything but 0 makes it wrong.</param>
    /// <param name="work">Numbers that every run multiplies and adds up, for nothing; 0 for a run of microseconds.</param>
    /// <returns>The folder.</returns>
    public static string Write(string folder, float offset, int weightBytes = sizeof(float), double goldenError = 0, int work = 0)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), Build(offset, weightBytes, work).ToByteArray());
        File.WriteAllText(Path.Combine(folder, "model.json"), """{SLO"task":"regression","features":[{"name":"x","type":"number"}],"outputs":{"value":"y"}}""".Replace("SLO", Slo, StringComparison.Ordinal));
        var expected = (1.5 + offset + goldenError).ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(
            Path.Combine(folder, "golden.json"),
            """{"tolerance":1e-6,"cases":[{"name":"one and a half","instance":{"x":1.5},"prediction":{"value":VALUE}}]}""".Replace("VALUE", expected, StringComparison.Ordinal));
        return folder;
    }

    private static ModelProto Build(float offset, int weightBytes, int work)
    {
        var graph = new GraphProto { Name = "offset" };
        graph.Input.Add(Value("x"));
        graph.Output.Add(Value("y"));
        graph.Initializer.Add(Floats("offset", offset));
        graph.Initializer.Add(Floats("zero", 0));
        graph.Initializer.Add(Floats("table", new float[weightBytes / sizeof(float)]));
        graph.Node.Add(Node("Mul", "nothing", "x", "zero"));
        var cast = Node("Cast", "index", "nothing");
        cast.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)DataType.Int64 });
        graph.Node.Add(cast);
        graph.Node.Add(Node("Gather", "looked_up", "table", "index"));
        graph.Node.Add(Node("Add", "shifted", "x", "offset"));
        graph.Node.Add(Node("Add", work == 0 ? "y" : "light", "shifted", "looked_up"));
        if (work > 0)
        {
            graph.Initializer.Add(Floats("burden", new float[work]));
            graph.Initializer.Add(new TensorProto { Name = "axis", DataType = (int)DataType.Int64, RawData = ByteString.CopyFrom(1, 0, 0, 0, 0, 0, 0, 0), Dims = { 1 } });
            graph.Node.Add(Node("Mul", "products", "nothing", "burden"));
            graph.Node.Add(Node("ReduceSum", "sum", "products", "axis"));
            graph.Node.Add(Node("Add", "y", "light", "sum"));
        }

        var model = new ModelProto { IrVersion = 7, ProducerName = "tests", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 13 });
        return model;
    }

    private static NodeProto Node(string type, string output, params string[] inputs)
    {
        var node = new NodeProto { OpType = type, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        return node;
    }

    private static TensorProto Floats(string name, params float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        tensor.Dims.Add(values.Length);
        return tensor;
    }

    private static ValueInfoProto Value(string name)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "N" });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 1 });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float, Shape = shape } } };
    }
}
