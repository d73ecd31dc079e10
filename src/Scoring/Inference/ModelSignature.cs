using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>Inputs and outputs of a model as its session describes them.</summary>
/// <param name="Inputs">Inputs that a run needs, in the graph's order.</param>
/// <param name="Overridable">Initializers that a run may override; they may be left out.</param>
/// <param name="Outputs">Outputs in the graph's order.</param>
public sealed record ModelSignature(IReadOnlyList<ValueSpec> Inputs, IReadOnlyList<ValueSpec> Overridable, IReadOnlyList<ValueSpec> Outputs)
{
    internal static ModelSignature From(InferenceSession session) => new(
        Read(session.InputNames, session.InputMetadata),
        Read([.. session.OverridableInitializerMetadata.Keys], session.OverridableInitializerMetadata),
        Read(session.OutputNames, session.OutputMetadata));

    private static ValueSpec[] Read(IReadOnlyList<string> names, IReadOnlyDictionary<string, NodeMetadata> metadata)
        => [.. names.Select(name => ValueSpec.From(name, metadata[name]))];
}
