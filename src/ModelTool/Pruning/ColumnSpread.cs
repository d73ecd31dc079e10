namespace ModelTool.Pruning;

/// <summary>What the columns of a model's input hold over rows.</summary>
/// <param name="Input">The input's name.</param>
/// <param name="Means">One per column.</param>
/// <param name="Deviations">Standard deviations, one per column.</param>
internal sealed record ColumnSpread(string Input, IReadOnlyList<double> Means, IReadOnlyList<double> Deviations);
