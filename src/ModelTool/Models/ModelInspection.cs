using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Models;

/// <summary>What an ONNX file says of itself; nothing is run.</summary>
/// <param name="Bytes">The file and the external data beside it.</param>
/// <param name="Producer">Who wrote it, with the version.</param>
/// <param name="Opsets">Operator sets by domain; <c>ai.onnx</c> are the standard ones.</param>
/// <param name="Parameters">Elements of all floating-point constants, those of tree ensembles and linear models among them.</param>
/// <param name="Operators">Operators, the most used first.</param>
/// <param name="FlopsPerRow">Multiplications and additions of the constant matrices, and comparisons of trees, for one row; of a sequence, for one position.</param>
/// <param name="NotCounted">Operators of work that depends on shapes known only at the run; <paramref name="FlopsPerRow"/> leaves them out.</param>
/// <param name="Needs">What its text and category operators ask of the caller.</param>
internal sealed record ModelInspection(
    long Bytes, string Producer, long IrVersion, IReadOnlyDictionary<string, long> Opsets, long Parameters, IReadOnlyList<OperatorUse> Operators,
    long FlopsPerRow, IReadOnlyList<string> NotCounted, IReadOnlyList<string> Needs)
{
    private static readonly string[] Unbounded = ["Conv", "ConvTranspose", "LSTM", "GRU", "RNN", "Attention", "Einsum", "SVMClassifier", "SVMRegressor", "Loop", "Scan"];

    /// <summary>Reads a model.</summary>
    /// <exception cref="Native.RefusedException">It is no ONNX model.</exception>
    public static ModelInspection Of(string path)
    {
        var model = ModelFile.Read(path);
        var nodes = ModelFile.AllNodes(model.Graph).ToList();
        var operators = nodes.GroupBy(node => node.OpType)
            .Select(group => new OperatorUse(group.Key, group.Count()))
            .OrderByDescending(use => use.Count).ThenBy(use => use.Operator, StringComparer.Ordinal).ToList();
        var constants = model.Graph.Initializer.ToDictionary(tensor => tensor.Name, ModelFile.Elements);
        return new ModelInspection(
            new FileInfo(path).Length + ExternalBytes(model.Graph, path),
            $"{model.ProducerName} {model.ProducerVersion}".Trim(),
            model.IrVersion,
            model.OpsetImport.GroupBy(set => set.Domain.Length == 0 ? "ai.onnx" : set.Domain).ToDictionary(group => group.Key, group => group.Max(set => set.Version)),
            ModelFile.AllConstants(model.Graph).Where(IsFloating).Sum(ModelFile.Elements) + nodes.Sum(MachineLearningParameters),
            operators,
            nodes.Sum(node => Flops(node, constants)),
            [.. operators.Select(use => use.Operator).Intersect(Unbounded)],
            [.. nodes.Select(TextNeeds.Of).OfType<string>().Distinct()]);
    }

    private static bool IsFloating(TensorProto tensor) =>
        (DataType)tensor.DataType is DataType.Float or DataType.Double or DataType.Float16 or DataType.Bfloat16 or DataType.Int8 or DataType.Uint8;

    private static long ExternalBytes(GraphProto graph, string path) => ModelFile.AllConstants(graph)
        .SelectMany(tensor => tensor.ExternalData.Where(entry => entry.Key == "location").Select(entry => entry.Value))
        .Where(location => Scoring.Repository.PackageNames.IsPath(location))
        .Distinct()
        .Select(location => new FileInfo(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, location)))
        .Where(file => file.Exists).Sum(file => file.Length);

    private static long MachineLearningParameters(NodeProto node) => node.OpType switch
    {
        "LinearClassifier" or "LinearRegressor" => Floats(node, "coefficients") + Floats(node, "intercepts"),
        "TreeEnsembleClassifier" => Floats(node, "nodes_values") + Floats(node, "class_weights"),
        "TreeEnsembleRegressor" => Floats(node, "nodes_values") + Floats(node, "target_weights"),
        "SVMClassifier" or "SVMRegressor" => Floats(node, "support_vectors") + Floats(node, "coefficients"),
        "Scaler" => Floats(node, "offset") + Floats(node, "scale"),
        _ => 0,
    };

    private static long Flops(NodeProto node, Dictionary<string, long> constants) => node.OpType switch
    {
        "MatMul" or "Gemm" or "MatMulInteger" or "DynamicQuantizeMatMul" or "MatMulIntegerToFloat" => 2 * node.Input.Take(2).Max(name => constants.GetValueOrDefault(name)),
        "LinearClassifier" or "LinearRegressor" => 2 * Floats(node, "coefficients"),
        "TreeEnsembleClassifier" or "TreeEnsembleRegressor" => TreeComparisons(node),
        _ => 0,
    };

    // A path of a tree is about as long as the logarithm of its leaves, which are half its nodes.
    private static long TreeComparisons(NodeProto node) => node.Attribute
        .Where(attribute => attribute.Name == "nodes_treeids")
        .SelectMany(attribute => attribute.Ints.GroupBy(tree => tree))
        .Sum(tree => (long)Math.Ceiling(Math.Log2(Math.Max(2, (tree.Count() + 1) / 2.0))));

    private static long Floats(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.Floats.Count ?? 0;
}
