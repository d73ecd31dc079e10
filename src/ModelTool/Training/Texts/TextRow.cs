namespace ModelTool.Training.Texts;

/// <summary>A labelled text.</summary>
/// <param name="Text">UTF-8.</param>
/// <param name="Labels">Indexes of its labels: one, or any number where texts have several.</param>
/// <param name="Group">What it belongs to; null without a column of groups.</param>
/// <param name="Part">What the split's column says; null without one.</param>
internal sealed record TextRow(byte[] Text, int[] Labels, string? Group, string? Part);
