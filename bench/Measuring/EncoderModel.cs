using System.Runtime.InteropServices;
using Google.Protobuf;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Bench.Measuring;

/// <summary>
/// A text encoder of the shape that BERT has, with seeded random weights: token ids → embeddings → layers of attention (one head) and a wide layer, each with a
/// residual and a layer norm → the mean over the tokens → a label's logits. For measuring work, not for meaning anything.
/// </summary>
/// <param name="Layers">Count of layers.</param>
/// <param name="Width">Of a token's vector.</param>
/// <param name="Terms">Rows of the embedding table.</param>
internal sealed record EncoderModel(int Layers, int Width, int Terms)
{
    private const int Labels = 8;
    private readonly GraphProto graph = new() { Name = "encoder" };
    private readonly Random random = new(8);

    /// <summary>Whether padding is told from tokens by an input of its own, <c>mask</c> int64 [rows, tokens].</summary>
    public bool IsMasked { get; init; }

    /// <summary>About 10 million parameters.</summary>
    public static EncoderModel TenMillion => new(4, 384, 8000);

    /// <summary>Writes the model of ten million parameters to a file.</summary>
    public static void Write(string path) => File.WriteAllBytes(path, TenMillion.ToOnnx());

    /// <summary>The model: ids int64 [rows, tokens] → logits float32 [rows, 8].</summary>
    public byte[] ToOnnx()
    {
        graph.Input.Add(Value("ids", DataType.Int64, "rows", "tokens"));
        Constant("embeddings", 1, Terms, Width);
        Constant("shrink", [1 / MathF.Sqrt(Width)]);
        if (IsMasked)
        {
            Mask();
        }

        Node("Gather", "x0", "embeddings", "ids");
        for (var layer = 0; layer < Layers; layer++)
        {
            Layer($"x{layer}", $"x{layer + 1}", $"l{layer}_");
        }

        Mean($"x{Layers}");
        Product("logits", "mean", "head", Width, Labels);
        graph.Output.Add(Value("logits", DataType.Float, "rows", Labels));
        var model = new ModelProto { IrVersion = 8, ProducerName = "bench", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return model.ToByteArray();
    }

    // Padding's scores before softmax are -10,000; it counts as nothing in the mean.
    private void Mask()
    {
        graph.Input.Add(Value("mask", DataType.Int64, "rows", "tokens"));
        Constant("one", [1]);
        Constant("far", [10_000]);
        Node("Cast", "kept", "mask").Attribute.Add(Int("to", (int)DataType.Float));
        Node("Sub", "kept_less_one", "kept", "one");
        Node("Mul", "distance", "kept_less_one", "far");
        Axes("row_axis", 1);
        Axes("column_axis", 2);
        Node("Unsqueeze", "distances", "distance", "row_axis");
        Node("Unsqueeze", "kept_column", "kept", "column_axis");
    }

    private void Mean(string input)
    {
        if (!IsMasked)
        {
            MeanOverTokens("mean", input);
            return;
        }

        Node("Mul", "kept_tokens", input, "kept_column");
        MeanOverTokens("sum", "kept_tokens");
        MeanOverTokens("share", "kept_column");
        Node("Div", "mean", "sum", "share");
    }

    private void MeanOverTokens(string output, string input) =>
        Node("ReduceMean", output, input).Attribute.AddRange([Ints("axes", 1), Int("keepdims", 0)]);

    private void Layer(string input, string output, string p)
    {
        Product($"{p}q", input, $"{p}wq", Width, Width);
        Product($"{p}k", input, $"{p}wk", Width, Width);
        Product($"{p}v", input, $"{p}wv", Width, Width);
        Node("Transpose", $"{p}kt", $"{p}k").Attribute.Add(Ints("perm", 0, 2, 1));
        Node("MatMul", $"{p}qk", $"{p}q", $"{p}kt");
        Node("Mul", $"{p}scores", $"{p}qk", "shrink");
        if (IsMasked)
        {
            Node("Add", $"{p}masked", $"{p}scores", "distances");
        }

        Node("Softmax", $"{p}shares", IsMasked ? $"{p}masked" : $"{p}scores").Attribute.Add(Int("axis", -1));
        Node("MatMul", $"{p}mixed", $"{p}shares", $"{p}v");
        Product($"{p}attended", $"{p}mixed", $"{p}wo", Width, Width);
        Normalised($"{p}middle", input, $"{p}attended", $"{p}n1");
        Product($"{p}wide", $"{p}middle", $"{p}w1", Width, 4 * Width);
        Node("Relu", $"{p}active", $"{p}wide");
        Product($"{p}narrow", $"{p}active", $"{p}w2", 4 * Width, Width);
        Normalised(output, $"{p}middle", $"{p}narrow", $"{p}n2");
    }

    private void Product(string output, string input, string weights, int rows, int columns)
    {
        Constant(weights, 1 / MathF.Sqrt(rows), rows, columns);
        Constant($"{weights}_bias", 0.02f, columns);
        Node("MatMul", $"{output}_product", input, weights);
        Node("Add", output, $"{output}_product", $"{weights}_bias");
    }

    private void Normalised(string output, string residual, string change, string name)
    {
        Constant($"{name}_scale", [.. Enumerable.Repeat(1f, Width)]);
        Node("Add", $"{name}_sum", residual, change);
        Node("LayerNormalization", output, $"{name}_sum", $"{name}_scale").Attribute.Add(Int("axis", -1));
    }

    private void Constant(string name, float spread, params int[] sizes)
    {
        var values = new float[sizes.Aggregate(1, (product, size) => product * size)];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = spread * MathF.Sqrt(3) * ((2 * random.NextSingle()) - 1);
        }

        Constant(name, values, sizes);
    }

    private void Constant(string name, float[] values, int[]? sizes = null)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };
        tensor.Dims.AddRange((sizes ?? [values.Length]).Select(size => (long)size));
        graph.Initializer.Add(tensor);
    }

    private void Axes(string name, long axis) => graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Int64, Dims = { 1 }, Int64Data = { axis } });

    private NodeProto Node(string type, string output, params string[] inputs)
    {
        var node = new NodeProto { OpType = type, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        graph.Node.Add(node);
        return node;
    }

    private static AttributeProto Int(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    private static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    private static ValueInfoProto Value(string name, DataType type, params object[] sizes)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(sizes.Select(size => size is string symbol ? new TensorShapeProto.Types.Dimension { DimParam = symbol } : new TensorShapeProto.Types.Dimension { DimValue = (int)size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
