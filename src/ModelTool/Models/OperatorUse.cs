namespace ModelTool.Models;

/// <summary>An operator and how often a model uses it.</summary>
internal sealed record OperatorUse(string Operator, int Count);
