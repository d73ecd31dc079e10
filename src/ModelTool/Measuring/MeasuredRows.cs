namespace ModelTool.Measuring;

/// <summary>What models are measured on.</summary>
/// <param name="Path">A data file; null for golden cases or made-up inputs.</param>
/// <param name="Label">The column that tells what happened; null to find it.</param>
/// <param name="Sequence">Length of open inner dimensions of made-up inputs.</param>
/// <param name="Seconds">Time for each measurement.</param>
internal sealed record MeasuredRows(string? Path, string? Label, int Sequence, double Seconds);
