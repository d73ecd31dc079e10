namespace ModelTool.Pruning;

/// <summary>How strongly each unit spoke on the rows.</summary>
/// <param name="ByValue">Root of the mean square of each unit, by the name of the value that holds them.</param>
internal sealed record UnitStrengths(IReadOnlyDictionary<string, double[]> ByValue);
