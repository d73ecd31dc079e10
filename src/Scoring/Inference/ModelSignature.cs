using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>Inputs and outputs of a model as its session describes them.</summary>
/// <param name="Inputs">Inputs that a run needs, in the graph's order.</param>
/// <param name="Overridable">Initializers that a run may override; they may be left out.</param>
/// <param name="Outputs">Outputs in the graph's order.</param>
public sealed record ModelSignature(IReadOnlyList<ValueSpec> Inputs, IReadOnlyList<ValueSpec> Overridable, IReadOnlyList<ValueSpec> Outputs)
{
    internal static ModelSignature From(InferenceSession session, string modelPath)
    {
        var signature = new ModelSignature(
            Read(session.InputNames, session.InputMetadata),
            Read([.. session.OverridableInitializerMetadata.Keys], session.OverridableInitializerMetadata),
            Read(session.OutputNames, session.OutputMetadata));
        return GraphFile.Of(modelPath) is { } graph ? signature.Completed(graph) : signature;
    }

    private ModelSignature Completed(string modelPath)
    {
        var signature = this;
        RefuseSparse(signature, modelPath);
        if (signature.Inputs.Concat(signature.Outputs).Any(LooksScalar))
        {
            signature = signature.WithRanks(GraphShapes.Shapeless(modelPath));
        }

        if (signature.Inputs.Any(IsFloating))
        {
            signature = signature.WithNaN(MissingValueInputs.Find(modelPath, [.. signature.Inputs.Where(IsFloating).Select(input => input.Name)]));
        }

        return signature.Inputs.Any(input => input.Kind == ValueKind.Optional) ? signature.WithRequired(OptionalInputs.ThatMayBeAbsent(modelPath)) : signature;
    }

    // Where a sparse initializer is an output, the session says that it is a tensor, but a run gives none. Only an output of fixed shape can be such a constant, so others are not looked up.
    private static void RefuseSparse(ModelSignature signature, string modelPath)
    {
        if (signature.Outputs.Any(IsConstant) && GraphShapes.Sparse(modelPath) is { Count: > 0 } sparse
            && signature.Outputs.FirstOrDefault(output => sparse.Contains(output.Name)) is { } refused)
        {
            throw new ScoringException(
                ErrorCode.ModelUnavailable, $"the output '{refused.Name}' is a sparse tensor; tensors, sequences, maps and optionals can be served.");
        }
    }

    private static bool IsConstant(ValueSpec value) => value.Kind == ValueKind.Tensor && value.Dimensions.All(dimension => !dimension.IsDynamic);

    private ModelSignature WithRequired(HashSet<string> optional) => this with
    {
        Inputs = [.. Inputs.Select(input => input is { Kind: ValueKind.Optional, Element: { } element } && !optional.Contains(input.Name) ? element with { Name = input.Name } : input)],
    };

    private static bool IsFloating(ValueSpec value) => value is { Kind: ValueKind.Tensor, IsFloating: true };

    /// <summary>The same, where NaN is a missing value to the inputs of these names that hold floating-point numbers.</summary>
    internal ModelSignature WithNaN(IReadOnlySet<string> names) =>
        names.Count == 0 ? this : this with { Inputs = [.. Inputs.Select(input => IsFloating(input) && names.Contains(input.Name) ? input with { TakesNaN = true } : input)] };

    // The session reports no dimensions in two cases: for a scalar, and for a tensor whose shape the graph leaves out.
    private static bool LooksScalar(ValueSpec value) => value is { Kind: ValueKind.Tensor, Rank: 0 };

    private ModelSignature WithRanks(HashSet<string> shapeless)
    {
        ValueSpec Mark(ValueSpec value) => LooksScalar(value) && shapeless.Contains(value.Name) ? value with { IsUnranked = true } : value;
        return this with { Inputs = [.. Inputs.Select(Mark)], Outputs = [.. Outputs.Select(Mark)] };
    }

    private static ValueSpec[] Read(IReadOnlyList<string> names, IReadOnlyDictionary<string, NodeMetadata> metadata)
        => [.. names.Select(name => ValueSpec.From(name, metadata[name]))];
}
