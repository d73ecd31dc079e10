using System.Buffers.Binary;
using Google.Protobuf;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Training.Heads;

/// <summary>
/// An encoder's graph with one vector a text as its only output: the output that is one, or the mean or the first of an output with a vector a token; of length one. A head
/// may be put behind it.
/// </summary>
internal sealed class EncoderGraph
{
    /// <summary>The output: float32 [rows, width], of length one.</summary>
    public const string Embedding = "train_embedding";

    private const string Prefix = "train_";

    private readonly ModelProto model;

    private EncoderGraph(ModelProto model) => this.model = model;

    /// <summary>Makes one of a package's model.</summary>
    /// <param name="path">model.onnx, its weights beside it if there are some.</param>
    /// <param name="attentionMask">The input that says which tokens are the text's, where it is not found by its usual name.</param>
    /// <param name="takesFirst">True to take the first token's vector rather than the mean of all.</param>
    /// <exception cref="RefusedException">It gives no vectors, or there is no mask to take a mean by.</exception>
    public static EncoderGraph Of(string path, string? attentionMask, bool takesFirst)
    {
        var model = ModelFile.ReadWhole(path);
        if (ModelFile.Opset(model) is < 9 or > 22)
        {
            throw new RefusedException($"A head cannot be put behind this encoder: it uses version {ModelFile.Opset(model)} of the standard operators; expected 9 to 22.");
        }

        var made = new EncoderGraph(model);
        made.Pool(attentionMask ?? "attention_mask", takesFirst);
        return made;
    }

    /// <summary>The model that gives the vectors.</summary>
    public byte[] ToEmbeddings() => With(Embedding);

    /// <summary>The model with a head: probabilities float32 [rows, labels].</summary>
    /// <param name="weights">[width, labels], row-major.</param>
    /// <param name="biases">[labels].</param>
    /// <param name="isIndependent">True where a text may have any number of labels.</param>
    public byte[] ToProbabilities(float[] weights, float[] biases, bool isIndependent)
    {
        var headed = new EncoderGraph(model.Clone());
        headed.Constant("weights", weights, weights.Length / biases.Length, biases.Length);
        headed.Constant("biases", biases, biases.Length);
        headed.Node("Gemm", [Embedding, Prefix + "weights", Prefix + "biases"], Prefix + "scores");
        var node = headed.Node(isIndependent ? "Sigmoid" : "Softmax", [Prefix + "scores"], "probabilities");
        if (!isIndependent)
        {
            node.Attribute.Add(Integer("axis", 1));
        }

        return headed.With("probabilities");
    }

    private byte[] With(string output)
    {
        var written = model.Clone();
        written.Graph.Output.Clear();
        written.Graph.Output.Add(new ValueInfoProto { Name = output, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float } } });
        return ExternalWeights.Write(written);
    }

    private void Pool(string mask, bool takesFirst)
    {
        var graph = model.Graph;
        if (graph.Output.FirstOrDefault(output => IsFloats(output, 2)) is { } vector && graph.Output.All(output => !IsFloats(output, 3)))
        {
            Node("Identity", [vector.Name], Prefix + "pooled");
        }
        else if (graph.Output.FirstOrDefault(output => IsFloats(output, 3)) is not { } tokens)
        {
            throw new RefusedException($"A head needs an encoder with an output of a vector a token or a text, float32; this one gives {string.Join(", ", graph.Output.Select(output => output.Name))}.");
        }
        else if (takesFirst)
        {
            Numbers("first", [0], scalar: true);
            Node("Gather", [tokens.Name, Prefix + "first"], Prefix + "pooled").Attribute.Add(Integer("axis", 1));
        }
        else if (graph.Input.All(input => input.Name != mask))
        {
            throw new RefusedException($"The mean of an encoder's tokens needs its input '{mask}', which this one has not.");
        }
        else
        {
            // [rows, 1, tokens] · [rows, tokens, width]: the sum over the text's own tokens, whatever a longer neighbour made of the rest.
            Node("Cast", [mask], Prefix + "mask").Attribute.Add(Integer("to", (long)DataType.Float));
            Numbers("wide", [0, 1, -1]);
            Numbers("flat", [0, -1]);
            Node("Reshape", [Prefix + "mask", Prefix + "wide"], Prefix + "row");
            Node("MatMul", [Prefix + "row", tokens.Name], Prefix + "summed");
            Node("Reshape", [Prefix + "summed", Prefix + "flat"], Prefix + "pooled");
        }

        // A mean and a sum point the same way; only that counts once the length is one.
        var length = Node("ReduceL2", [Prefix + "pooled"], Prefix + "length");
        length.Attribute.Add(Integer("keepdims", 1));
        if (ModelFile.Opset(model) >= 18)
        {
            Numbers("axis", [1]);
            length.Input.Add(Prefix + "axis");
        }
        else
        {
            length.Attribute.Add(new AttributeProto { Name = "axes", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 1 } });
        }

        Constant("least", [1e-9f], 1);
        Node("Max", [Prefix + "length", Prefix + "least"], Prefix + "divisor");
        Node("Div", [Prefix + "pooled", Prefix + "divisor"], Embedding);
    }

    private static bool IsFloats(ValueInfoProto value, int rank) =>
        value.Type?.TensorType is { ElemType: (int)DataType.Float, Shape: { } shape } && shape.Dim.Count == rank;

    private NodeProto Node(string operation, string[] inputs, string output)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        model.Graph.Node.Add(node);
        return node;
    }

    private void Constant(string name, float[] values, params long[] shape)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var index = 0; index < values.Length; index++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * sizeof(float)), values[index]);
        }

        model.Graph.Initializer.Add(new TensorProto { Name = Prefix + name, DataType = (int)DataType.Float, RawData = UnsafeByteOperations.UnsafeWrap(bytes), Dims = { shape } });
    }

    private void Numbers(string name, long[] values, bool scalar = false)
    {
        var tensor = new TensorProto { Name = Prefix + name, DataType = (int)DataType.Int64, Int64Data = { values } };
        if (!scalar)
        {
            tensor.Dims.Add(values.Length);
        }

        model.Graph.Initializer.Add(tensor);
    }

    private static AttributeProto Integer(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };
}
