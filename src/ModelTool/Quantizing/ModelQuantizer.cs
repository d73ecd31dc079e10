using ModelTool.Models;
using ModelTool.Native;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>Rewrites matrix products of constant float32 matrices, and tables of Gather, to INT8. Which, and why the rest is left, stands in the plan.</summary>
internal sealed class ModelQuantizer
{
    private const long OldestOpset = 11;
    private const long OldestStaticOpset = 13;

    private readonly QuantizationOptions options;
    private readonly GraphProto graph;
    private readonly GraphRewrite rewrite;
    private readonly ProductRewrite products;
    private readonly TableRewrite tables;
    private readonly long weightBytes;
    private readonly List<string> left = [];
    private readonly List<string> names = [];

    private ModelQuantizer(ModelProto model, QuantizationOptions options)
    {
        this.options = options;
        graph = model.Graph;
        rewrite = new GraphRewrite(model);
        weightBytes = graph.Initializer.Sum(TensorFloats.Bytes);

        // Scales along an axis came to DequantizeLinear with this set.
        var hasAxis = ModelFile.Opset(model) >= OldestStaticOpset;
        products = new ProductRewrite(rewrite, options, options.PerChannel && (hasAxis || options.Mode == QuantizationMode.Dynamic));
        tables = new TableRewrite(rewrite, options.PerChannel && hasAxis);
    }

    /// <summary>Rewrites a model in place.</summary>
    /// <exception cref="RefusedException">There is something to rewrite, and its operator set is older than the integer operators.</exception>
    public static QuantizationPlan Rewrite(ModelProto model, QuantizationOptions options)
    {
        var needed = options.Mode == QuantizationMode.Static ? OldestStaticOpset : OldestOpset;
        return ModelFile.Opset(model) < needed && HasCandidates(model)
            ? throw new RefusedException($"Declined: the model uses operator set {ModelFile.Opset(model)}; INT8 of this kind needs {needed} or later. Export it anew with a later one.")
            : new ModelQuantizer(model, options).Run();
    }

    /// <summary>Inputs of the products that could become INT8, for their ranges to be measured.</summary>
    public static IReadOnlyList<string> ProductInputs(ModelProto model)
    {
        var rewrite = new GraphRewrite(model);
        return [.. model.Graph.Node.Where(node => IsProduct(node) && IsMatrix(rewrite.ConstantOf(node.Input[1]), DataType.Float)).Select(node => node.Input[0]).Distinct()];
    }

    private static bool HasCandidates(ModelProto model)
    {
        var rewrite = new GraphRewrite(model.Clone());
        return model.Graph.Node.Any(node =>
            (IsProduct(node) && IsMatrix(rewrite.ConstantOf(node.Input[1]), DataType.Float))
            || (node is { OpType: "Gather", Domain.Length: 0 } && IsMatrix(rewrite.ConstantOf(node.Input[0]), DataType.Float, DataType.Float16)));
    }

    // Operators that hold weights and are not products of matrices, and products whose matrix is none that stays.
    private void SayWhatElseIsLeft(bool isNothingDone)
    {
        string[] weighty = ["Conv", "ConvTranspose", "ConvInteger", "LSTM", "GRU", "RNN"];
        var inside = ModelFile.AllGraphs(graph).Skip(1).SelectMany(inner => inner.Node).Where(IsProduct).ToList();
        left.AddRange(ModelFile.AllNodes(graph).Where(node => weighty.Contains(node.OpType)).GroupBy(node => node.OpType)
            .Select(group => $"{group.Count()} {group.Key}: only matrix products and tables are rewritten"));
        if (inside.Count > 0)
        {
            left.Add($"{inside.Count} {string.Join(", ", inside.Select(node => node.OpType).Distinct())}: inside the body of an If, Loop or Scan");
        }

        foreach (var node in graph.Node.Where(IsProduct))
        {
            if (rewrite.IsOverridable(node.Input[1]))
            {
                left.Add($"{(node.Name.Length > 0 ? node.Name : node.Output[0])}: its matrix '{node.Input[1]}' is an input as well, so callers may send another");
            }
            else if (isNothingDone && rewrite.ConstantOf(node.Input[1]) is null)
            {
                left.Add($"{(node.Name.Length > 0 ? node.Name : node.Output[0])}: its second input is computed in each run");
            }
            else if (isNothingDone && rewrite.ConstantOf(node.Input[1]) is { } tensor && !IsMatrix(tensor, DataType.Float))
            {
                left.Add($"{(node.Name.Length > 0 ? node.Name : node.Output[0])}: its constant is {(DataType)tensor.DataType} of {tensor.Dims.Count} dimensions, not a float32 matrix");
            }
        }
    }

    private QuantizationPlan Run()
    {
        var (productCount, tableCount) = (0, 0);
        foreach (var node in graph.Node.ToList())
        {
            if (tables.Absorbed.Contains(node.Output[0]))
            {
                continue;
            }

            if (IsProduct(node) && Weights(node, 1, ProductReason) is var (matrix, weights))
            {
                products.Apply(node, matrix, weights);
                productCount++;
            }
            else if (node is { OpType: "Gather", Domain.Length: 0 } && Weights(node, 0, TableReason) is var (table, rows))
            {
                tables.Apply(node, table, rows);
                tableCount++;
            }
            else
            {
                rewrite.Keep(node);
            }
        }

        SayWhatElseIsLeft(productCount + tableCount == 0);
        return new QuantizationPlan(productCount, tableCount, rewrite.Finish(), left, names);
    }

    private static bool IsProduct(NodeProto node) => node is { OpType: "MatMul" or "Gemm", Domain.Length: 0 };

    private static bool IsMatrix(TensorProto? tensor, params DataType[] types) => tensor is { Dims.Count: 2 } && types.Contains((DataType)tensor.DataType);

    private (TensorProto Tensor, float[] Values)? Weights(NodeProto node, int input, Func<NodeProto, string?> reasonOf)
    {
        DataType[] types = node.OpType == "Gather" ? [DataType.Float, DataType.Float16] : [DataType.Float];
        if (rewrite.ConstantOf(node.Input[input]) is not { } tensor || !IsMatrix(tensor, types))
        {
            return null;
        }

        var name = node.Name.Length > 0 ? node.Name : node.Output[0];
        var values = TensorFloats.Read(tensor);
        var reason = options.Exclude.Contains(name) || options.Exclude.Contains(node.Output[0]) ? "excluded"
            : values is null ? "its weights lie in a file of their own"
            : !Array.TrueForAll(values, float.IsFinite) ? "its weights are not finite"
            : options.Mode == QuantizationMode.WeightOnly && TensorFloats.Bytes(tensor) < options.MinShare * weightBytes ? "its weights are too small a share of all"
            : reasonOf(node);
        if (reason is not null)
        {
            left.Add($"{name}: {reason}");
            return null;
        }

        names.Add(name);
        return (tensor, values!);
    }

    private string? ProductReason(NodeProto node) =>
        node.OpType == "Gemm" && node.Integer("transA", 0) != 0 ? "its first input is transposed"
        : options.Mode == QuantizationMode.Static && !options.Ranges.ContainsKey(node.Input[0]) ? "the rows of --data showed no range of its input"
        : null;

    private static string? TableReason(NodeProto node) => node.Integer("axis", 0) != 0 ? "it picks columns" : null;
}
