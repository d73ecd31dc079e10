namespace ModelTool.Training.Fitting;

/// <summary>A text as the networks see it.</summary>
/// <param name="Ids">Its tokens, none of them 0.</param>
/// <param name="Label">Index of its label.</param>
public sealed record TokenizedText(int[] Ids, int Label);
