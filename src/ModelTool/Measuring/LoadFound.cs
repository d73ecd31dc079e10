namespace ModelTool.Measuring;

/// <summary>What loading a model showed.</summary>
/// <param name="Overridable">Constants that a caller may replace.</param>
/// <param name="MemoryBytes">Resident memory that loading added.</param>
internal sealed record LoadFound(IReadOnlyList<NamedValue> Inputs, IReadOnlyList<NamedValue> Overridable, IReadOnlyList<NamedValue> Outputs, double LoadMilliseconds, long MemoryBytes);
