namespace Samples.Topics;

/// <summary>A text as the networks see it.</summary>
/// <param name="Ids">Its tokens, none of them 0.</param>
/// <param name="Topic">Index of its topic.</param>
public sealed record TokenizedText(int[] Ids, int Topic);
