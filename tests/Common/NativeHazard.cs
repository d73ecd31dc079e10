using System.Buffers.Binary;
using Google.Protobuf;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace TestCommon;

/// <summary>
/// Packages of valid ONNX that end or hold the process that runs them: ONNX Runtime guards an integer division against 0, but not the smallest
/// integer divided by -1, which the processor answers with SIGFPE. All of them take one number x.
/// </summary>
internal static class NativeHazard
{
    /// <summary>Folds the deadly division while it loads.</summary>
    public static string WriteCrashOnLoad(string folder) => Write(folder, Graph(graph =>
    {
        graph.Initializer.Add(Integers("smallest", int.MinValue));
        graph.Initializer.Add(Integers("minus_one", -1));
        graph.Node.Add(Node("Div", "quotient", "smallest", "minus_one"));
        AddQuotient(graph);
    }));

    /// <summary>Loads, and dies of one value of x; every other is fine: y = x + (smallest integer / (x - deadly - 1)) x 0.</summary>
    /// <param name="folder">Created if it is missing.</param>
    /// <param name="deadly">A whole number other than 0.</param>
    /// <param name="golden">The x of a golden case; null for a package without one.</param>
    public static string WriteCrashOn(string folder, int deadly, int? golden = null)
    {
        Write(folder, Graph(graph =>
        {
            graph.Initializer.Add(Integers("smallest", int.MinValue));
            graph.Initializer.Add(Integers("shift", deadly + 1));
            graph.Node.Add(Cast("whole", "x", DataType.Int32));
            graph.Node.Add(Node("Sub", "divisor", "whole", "shift"));
            graph.Node.Add(Node("Div", "quotient", "smallest", "divisor"));
            AddQuotient(graph);
        }));
        if (golden is not null)
        {
            File.WriteAllText(Path.Combine(folder, "golden.json"), $$$"""{"cases":[{"name":"the deadly one","instance":{"x":{{{golden}}}},"prediction":{"value":{{{golden}}}}}]}""");
        }

        return folder;
    }

    /// <summary>Loads, and never comes back from its first run.</summary>
    public static string WriteHang(string folder) => Write(folder, Graph(graph =>
    {
        var body = CarryOn();
        var loop = Node("Loop", "y", "", "for_ever", "x");
        loop.Attribute.Add(new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = body });
        graph.Initializer.Add(new TensorProto { Name = "for_ever", DataType = (int)DataType.Bool, RawData = ByteString.CopyFrom(1) });
        graph.Node.Add(loop);
    }));

    /// <summary>Loads, gives back what it gets, and never comes back from a run on zeros.</summary>
    /// <param name="folder">Created if it is missing.</param>
    /// <param name="golden">The x of a golden case; null for a package without one.</param>
    /// <param name="times">How often a run on zeros goes round, at some microseconds each.</param>
    public static string WriteHangOnZeros(string folder, int? golden = null, long times = LoopModel.ForEver)
    {
        var body = CarryOn();
        Write(folder, Graph(graph =>
        {
            graph.Initializer.Add(Long("nothing", 0));
            graph.Initializer.Add(Long("once", 1));
            graph.Initializer.Add(Long("for_ever", times));
            graph.Node.Add(Cast("whole", "x", DataType.Int64));
            graph.Node.Add(Node("ReduceSum", "sum", "whole"));
            graph.Node[1].Attribute.Add(new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int, I = 0 });
            graph.Node.Add(Node("Equal", "is_nothing", "sum", "nothing"));
            graph.Node.Add(Node("Where", "times", "is_nothing", "for_ever", "once"));
            var loop = Node("Loop", "y", "times", "", "x");
            loop.Attribute.Add(new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = body });
            graph.Node.Add(loop);
        }));
        if (golden is not null)
        {
            File.WriteAllText(Path.Combine(folder, "golden.json"), $$$"""{"cases":[{"name":"no zero","instance":{"x":{{{golden}}}},"prediction":{"value":{{{golden}}}}}]}""");
        }

        return folder;
    }

    /// <summary>
    /// Loads, and gives back x once one node has compared about x²/2 boxes with each other: with a small x at once, with 1,000,000 never in a test's time. Nobody can end the run meanwhile,
    /// since ONNX Runtime looks whether it is to end between two nodes only.
    /// </summary>
    public static string WriteBusyNode(string folder) => Write(folder, Graph(graph =>
    {
        graph.Initializer.Add(Longs("one", 1));
        graph.Initializer.Add(Longs("four", 4));
        graph.Initializer.Add(new TensorProto { Name = "nothing", DataType = (int)DataType.Float, RawData = ByteString.CopyFrom(0, 0, 0, 0), Dims = { 1 } });
        graph.Node.Add(Cast("whole", "x", DataType.Int64));
        graph.Node.Add(Node("ReduceSum", "sum", "whole"));
        graph.Node.Add(Node("Reshape", "count", "sum", "one"));
        foreach (var (name, sizes) in new[] { ("boxes", new[] { "one", "count", "four" }), ("scores", ["one", "one", "count"]) })
        {
            var shape = Node("Concat", $"{name}_shape", sizes);
            shape.Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 0 });
            graph.Node.Add(shape);
            graph.Node.Add(Node("ConstantOfShape", name, $"{name}_shape"));
        }

        graph.Node.Add(Node("NonMaxSuppression", "selected", "boxes", "scores", "count"));
        graph.Node.Add(Node("Shape", "selected_shape", "selected"));
        graph.Node.Add(Cast("sizes", "selected_shape", DataType.Float));
        var total = Node("ReduceSum", "total", "sizes");
        total.Attribute.Add(new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int, I = 0 });
        graph.Node.Add(total);
        graph.Node.Add(Node("Mul", "none", "total", "nothing"));
        graph.Node.Add(Node("Add", "y", "x", "none"));
    }));

    /// <summary>Has a package run in a process of its own.</summary>
    public static string Isolate(string package)
    {
        File.WriteAllText(Path.Combine(package, "model.json"), """{"task":"regression","features":[{"name":"x","type":"number"}],"outputs":{"value":"y"},"isolation":"process"}""");
        return package;
    }

    /// <summary>Loads, and takes <paramref name="bytes"/> at its first run.</summary>
    public static string WriteMemoryHog(string folder, long bytes) => Write(folder, Graph(graph =>
    {
        var size = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(size, bytes / sizeof(float));
        graph.Initializer.Add(new TensorProto { Name = "one", DataType = (int)DataType.Int64, RawData = ByteString.CopyFrom(size), Dims = { 1 } });
        graph.Initializer.Add(new TensorProto { Name = "nothing", DataType = (int)DataType.Float, RawData = ByteString.CopyFrom(0, 0, 0, 0), Dims = { 1 } });
        graph.Node.Add(Cast("whole", "x", DataType.Int64));
        graph.Node.Add(Node("ReduceSum", "sum", "whole"));
        graph.Node.Add(Node("Add", "size", "sum", "one"));
        graph.Node.Add(Node("ConstantOfShape", "much", "size"));
        graph.Node.Add(Node("ReduceSum", "total", "much"));
        graph.Node.Add(Node("Add", "y", "x", "total"));
        graph.Node[1].Attribute.Add(new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int, I = 0 });
    }));

    // The body of a loop that goes on as long as it is told, and changes nothing.
    private static GraphProto CarryOn()
    {
        var body = new GraphProto { Name = "body" };
        body.Input.Add(Value("iteration", DataType.Int64));
        body.Input.Add(Value("go_on", DataType.Bool));
        body.Input.Add(Value("carried", DataType.Float, "N", 1));
        body.Node.Add(Node("Identity", "still", "go_on"));
        body.Node.Add(Node("Identity", "same", "carried"));
        body.Output.Add(Value("still", DataType.Bool));
        body.Output.Add(Value("same", DataType.Float, "N", 1));
        return body;
    }

    private static void AddQuotient(GraphProto graph)
    {
        graph.Initializer.Add(new TensorProto { Name = "nothing", DataType = (int)DataType.Float, RawData = ByteString.CopyFrom(0, 0, 0, 0), Dims = { 1 } });
        graph.Node.Add(Cast("fraction", "quotient", DataType.Float));
        graph.Node.Add(Node("Mul", "none", "fraction", "nothing"));
        graph.Node.Add(Node("Add", "y", "x", "none"));
    }

    private static string Write(string folder, GraphProto graph)
    {
        Directory.CreateDirectory(folder);
        var model = new ModelProto { IrVersion = 7, ProducerName = "tests", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 13 });
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), model.ToByteArray());
        File.WriteAllText(Path.Combine(folder, "model.json"), """{"task":"regression","features":[{"name":"x","type":"number"}],"outputs":{"value":"y"}}""");
        return folder;
    }

    private static GraphProto Graph(Action<GraphProto> build)
    {
        var graph = new GraphProto { Name = "hazard" };
        graph.Input.Add(Value("x", DataType.Float, "N", 1));
        graph.Output.Add(Value("y", DataType.Float, "N", 1));
        build(graph);
        return graph;
    }

    private static NodeProto Node(string type, string output, params string[] inputs)
    {
        var node = new NodeProto { OpType = type, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        return node;
    }

    private static NodeProto Cast(string output, string input, DataType to)
    {
        var node = Node("Cast", output, input);
        node.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)to });
        return node;
    }

    private static TensorProto Integers(string name, int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return new TensorProto { Name = name, DataType = (int)DataType.Int32, RawData = ByteString.CopyFrom(bytes), Dims = { 1 } };
    }

    private static TensorProto Longs(string name, long value) => new() { Name = name, DataType = (int)DataType.Int64, Int64Data = { value }, Dims = { 1 } };

    private static TensorProto Long(string name, long value) => new() { Name = name, DataType = (int)DataType.Int64, Int64Data = { value } };

    private static ValueInfoProto Value(string name, DataType type, params object[] dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
        {
            shape.Dim.Add(dimension is string symbol ? new TensorShapeProto.Types.Dimension { DimParam = symbol } : new TensorShapeProto.Types.Dimension { DimValue = (int)dimension });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
