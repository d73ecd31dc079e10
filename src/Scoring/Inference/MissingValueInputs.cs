using Scoring.Onnx;

namespace Scoring.Inference;

/// <summary>
/// Finds the inputs of a graph for which NaN is a missing value: on every way from the input stands a node that fills missing values in or has a branch for them,
/// and before it nothing but what keeps a NaN in its place.
/// </summary>
internal sealed class MissingValueInputs
{
    private const string FilledIn = "replaced_value_float";
    private const string Tracks = "nodes_missing_value_tracks_true";
    private const string CastTo = "to";
    private const int MaxDepth = 100;

    private static readonly HashSet<string> Telling = [FilledIn, Tracks, CastTo];

    private static readonly HashSet<string> Keeping =
    [
        "Identity", "Concat", "FeatureVectorizer", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Gather", "ArrayFeatureExtractor", "Slice", "Split",
        "Scaler", "Add", "Sub", "Mul", "Div",
    ];

    // Their bodies use values by name that do not stand among their inputs.
    private static readonly HashSet<string> WithBody = ["Loop", "If", "Scan"];

    private static readonly HashSet<int> FloatingTypes =
    [
        (int)TensorProto.Types.DataType.Float, (int)TensorProto.Types.DataType.Double, (int)TensorProto.Types.DataType.Float16, (int)TensorProto.Types.DataType.Bfloat16,
    ];

    private readonly ILookup<string, GraphNode> consumers;

    private MissingValueInputs(IEnumerable<GraphNode> nodes) =>
        consumers = nodes.SelectMany(node => node.Inputs.Distinct().Select(input => (input, node))).ToLookup(pair => pair.input, pair => pair.node);

    /// <summary>Those of the named inputs for which NaN is a missing value.</summary>
    public static IReadOnlySet<string> Find(string modelPath, IReadOnlyCollection<string> inputs)
    {
        var nodes = GraphNode.ReadAll(modelPath, Telling);
        if (!nodes.Any(Handles) || nodes.Any(node => WithBody.Contains(node.Type)))
        {
            return new HashSet<string>();
        }

        var graph = new MissingValueInputs(nodes);
        return inputs.Where(input => graph.IsHandled(input, 0)).ToHashSet();
    }

    private bool IsHandled(string value, int depth)
    {
        var users = consumers[value].ToList();
        return users.Count > 0 && depth < MaxDepth
            && (users.Exists(node => node.Type == "IsNaN") || users.TrueForAll(node => Handles(node) || (Keeps(node) && node.Outputs.All(output => IsHandled(output, depth + 1)))));
    }

    private static bool Handles(GraphNode node) => node.Type switch
    {
        "IsNaN" => true,
        "Imputer" => node.Attributes.Any(attribute => attribute.Name == FilledIn && float.IsNaN(attribute.F)),
        "TreeEnsembleClassifier" or "TreeEnsembleRegressor" or "TreeEnsemble" => node.Attributes.Any(attribute => attribute.Name == Tracks && attribute.Ints.Any(track => track != 0)),
        _ => false,
    };

    private static bool Keeps(GraphNode node) =>
        Keeping.Contains(node.Type) || (node.Type == "Cast" && node.Attributes.Any(attribute => attribute.Name == CastTo && FloatingTypes.Contains((int)attribute.I)));
}
