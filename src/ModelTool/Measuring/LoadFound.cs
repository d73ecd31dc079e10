using Scoring.Inference;

namespace ModelTool.Measuring;

/// <summary>What loading a model showed.</summary>
/// <param name="Overridable">Constants that a caller may replace.</param>
/// <param name="Tokenizers">What tokenizes each text feature of its model.json, and whose code, or why that does not load.</param>
/// <param name="MemoryBytes">Resident memory that loading added.</param>
/// <param name="Placement">Where its operators ran on made-up rows; empty where it refuses these.</param>
internal sealed record LoadFound(
    IReadOnlyList<NamedValue> Inputs, IReadOnlyList<NamedValue> Overridable, IReadOnlyList<NamedValue> Outputs, double LoadMilliseconds, long MemoryBytes,
    IReadOnlyList<NamedValue> Tokenizers, IReadOnlyList<NodePlacement> Placement);
