using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>
/// Rewrites matrix products of constant float32 matrices to INT8, and tables of Gather to INT8 rows. A product becomes DynamicQuantizeLinear → MatMulInteger →
/// Cast → Mul by both scales, the pattern that ONNX Runtime fuses at load (MatMulIntegerToFloat, DynamicQuantizeMatMul). U8S8: activations are unsigned with a
/// zero point measured at each run, weights signed and symmetric.
/// </summary>
internal sealed class ModelQuantizer
{
    private const long OldestOpset = 11;
    private const long PerChannelOpset = 13;

    private readonly QuantizationOptions options;
    private readonly GraphProto graph;
    private readonly bool perChannel;
    private readonly Dictionary<string, TensorProto> constants;
    private readonly Dictionary<string, string> quantizedInputs = [];
    private readonly List<NodeProto> nodes = [];
    private readonly List<string> left = [];
    private int products;
    private int tables;

    private ModelQuantizer(ModelProto model, QuantizationOptions options)
    {
        this.options = options;
        graph = model.Graph;
        var overridable = graph.Input.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        constants = graph.Initializer.Where(tensor => !overridable.Contains(tensor.Name)).ToDictionary(tensor => tensor.Name);
        perChannel = options.PerChannel && (!options.WeightOnly || Opset(model) >= PerChannelOpset);
    }

    /// <summary>Rewrites a model in place.</summary>
    /// <exception cref="IOException">Its operator set is older than the integer operators.</exception>
    public static QuantizationPlan Rewrite(ModelProto model, QuantizationOptions options)
    {
        if (Opset(model) < OldestOpset)
        {
            throw new IOException($"The model uses operator set {Opset(model)}; DynamicQuantizeLinear needs {OldestOpset} or later. Export it anew with a later one.");
        }

        return new ModelQuantizer(model, options).Run();
    }

    private static long Opset(ModelProto model) => model.OpsetImport.Where(set => set.Domain.Length == 0 || set.Domain == "ai.onnx").Select(set => set.Version).DefaultIfEmpty(0).Max();

    private QuantizationPlan Run()
    {
        var before = graph.Node.Count;
        foreach (var node in graph.Node)
        {
            if (!Rewrite(node))
            {
                nodes.Add(node);
            }
        }

        graph.Node.Clear();
        graph.Node.AddRange(nodes);
        DropUnused();
        return new QuantizationPlan(products, tables, graph.Node.Count - before, left);
    }

    private bool Rewrite(NodeProto node)
    {
        if (node.Domain.Length > 0 || node.OpType is not ("MatMul" or "Gemm" or "Gather"))
        {
            return false;
        }

        var isTable = node.OpType == "Gather";
        var constant = node.Input[isTable ? 0 : 1];
        if (!constants.TryGetValue(constant, out var tensor) || tensor.Dims.Count != 2 || tensor.DataType != (int)DataType.Float)
        {
            return false;
        }

        var name = node.Name.Length > 0 ? node.Name : node.Output[0];
        var weights = TensorFloats.Read(tensor);
        var reason = options.Exclude.Contains(name) || options.Exclude.Contains(node.Output[0]) ? "excluded"
            : weights is null ? "its weights lie in a file of their own"
            : !Array.TrueForAll(weights, float.IsFinite) ? "its weights are not finite"
            : node.OpType == "Gemm" && Integer(node, "transA", 0) != 0 ? "its first input is transposed"
            : isTable && Integer(node, "axis", 0) != 0 ? "it picks columns"
            : null;
        if (reason is not null)
        {
            left.Add($"{name}: {reason}");
            return false;
        }

        if (isTable)
        {
            Table(node, tensor, weights!);
        }
        else
        {
            Product(node, tensor, weights!);
        }

        return true;
    }

    // Rows stay INT8 until they are picked.
    private void Table(NodeProto node, TensorProto tensor, float[] weights)
    {
        var quantized = QuantizedMatrix.Of(weights, (int)tensor.Dims[1], perColumn: false, 127);
        var table = $"{tensor.Name}_int8";
        if (constants.TryAdd(table, tensor))
        {
            graph.Initializer.Add(TensorFloats.Write(table, quantized.Values, [.. tensor.Dims]));
            graph.Initializer.Add(TensorFloats.Write($"{table}_scale", quantized.Scales));
        }

        var picked = node.Clone();
        picked.Input[0] = table;
        picked.Output[0] = $"{node.Output[0]}_int8";
        nodes.Add(picked);
        Add("DequantizeLinear", [picked.Output[0], $"{table}_scale"], node.Output[0]);
        tables++;
    }

    private void Product(NodeProto node, TensorProto tensor, float[] weights)
    {
        var isGemm = node.OpType == "Gemm";
        var (rows, columns) = ((int)tensor.Dims[0], (int)tensor.Dims[1]);
        if (isGemm && Integer(node, "transB", 0) != 0)
        {
            weights = Transposed(weights, rows, columns);
            (rows, columns) = (columns, rows);
        }

        var alpha = isGemm ? Number(node, "alpha", 1) : 1;
        weights = alpha == 1 ? weights : Array.ConvertAll(weights, weight => weight * alpha);
        var quantized = QuantizedMatrix.Of(weights, columns, perChannel, options.SevenBits && !options.WeightOnly ? 64 : 127);
        var stem = $"{node.Output[0]}_int8";
        graph.Initializer.Add(TensorFloats.Write($"{stem}_weights", quantized.Values, rows, columns));
        graph.Initializer.Add(TensorFloats.Write($"{stem}_scale", quantized.Scales, perChannel ? [columns] : []));
        var hasBias = isGemm && node.Input.Count > 2 && node.Input[2].Length > 0;
        var output = hasBias ? $"{stem}_product" : node.Output[0];
        if (options.WeightOnly)
        {
            var dequantize = Add("DequantizeLinear", [$"{stem}_weights", $"{stem}_scale"], $"{stem}_float");
            if (perChannel)
            {
                dequantize.Attribute.Add(new AttributeProto { Name = "axis", I = 1, Type = AttributeProto.Types.AttributeType.Int });
            }

            Add("MatMul", [node.Input[0], $"{stem}_float"], output);
        }
        else
        {
            Integers(node.Input[0], stem, columns, output);
        }

        if (hasBias)
        {
            Bias(node, output, stem);
        }

        products++;
    }

    private void Integers(string input, string stem, int columns, string output)
    {
        if (!quantizedInputs.TryGetValue(input, out var quantized))
        {
            quantized = $"{input}_uint8";
            quantizedInputs.Add(input, quantized);
            Add("DynamicQuantizeLinear", [input], quantized, $"{quantized}_scale", $"{quantized}_zero");
        }

        graph.Initializer.Add(TensorFloats.Write($"{stem}_zero", perChannel ? new sbyte[columns] : new sbyte[1], perChannel ? [columns] : []));
        Add("MatMulInteger", [quantized, $"{stem}_weights", $"{quantized}_zero", $"{stem}_zero"], $"{stem}_sums");
        Add("Cast", [$"{stem}_sums"], $"{stem}_cast").Attribute.Add(new AttributeProto { Name = "to", I = (long)DataType.Float, Type = AttributeProto.Types.AttributeType.Int });
        Add("Mul", [$"{quantized}_scale", $"{stem}_scale"], $"{stem}_scales");
        Add("Mul", [$"{stem}_cast", $"{stem}_scales"], output);
    }

    private void Bias(NodeProto node, string product, string stem)
    {
        var bias = node.Input[2];
        var beta = Number(node, "beta", 1);
        if (beta != 1)
        {
            graph.Initializer.Add(TensorFloats.Write($"{stem}_beta", [beta]));
            Add("Mul", [bias, $"{stem}_beta"], $"{stem}_bias");
            bias = $"{stem}_bias";
        }

        Add("Add", [product, bias], node.Output[0]);
    }

    private NodeProto Add(string type, string[] inputs, params string[] outputs)
    {
        var node = new NodeProto { OpType = type, Name = $"{outputs[0]}_{type}" };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        nodes.Add(node);
        return node;
    }

    private void DropUnused()
    {
        var used = Models.ModelFile.AllNodes(graph).SelectMany(node => node.Input).Concat(graph.Output.Select(output => output.Name)).ToHashSet(StringComparer.Ordinal);
        var kept = graph.Initializer.Where(tensor => used.Contains(tensor.Name)).ToList();
        graph.Initializer.Clear();
        graph.Initializer.AddRange(kept);
        var names = kept.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var inputs = graph.Input.Where(input => used.Contains(input.Name) || !constants.ContainsKey(input.Name) || names.Contains(input.Name)).ToList();
        graph.Input.Clear();
        graph.Input.AddRange(inputs);
    }

    private static float[] Transposed(float[] weights, int rows, int columns)
    {
        var result = new float[weights.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                result[(column * rows) + row] = weights[(row * columns) + column];
            }
        }

        return result;
    }

    private static AttributeProto? Find(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    private static long Integer(NodeProto node, string name, long otherwise) => Find(node, name)?.I ?? otherwise;

    private static float Number(NodeProto node, string name, float otherwise) => Find(node, name)?.F ?? otherwise;
}
