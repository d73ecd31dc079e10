namespace ModelTool.Measuring;

/// <summary>Golden cases were written.</summary>
/// <param name="Cases">How many.</param>
/// <param name="LeftOut">Rows that gave none.</param>
/// <param name="Reason">What was wrong with the first of them, and its line; null where none was left out.</param>
internal sealed record GoldenFound(int Cases, int LeftOut = 0, string? Reason = null);
