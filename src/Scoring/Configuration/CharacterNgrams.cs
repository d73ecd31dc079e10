namespace Scoring.Configuration;

/// <summary>Lengths of character n-grams, in code points, the space at either end of a word counted.</summary>
/// <param name="Min">Shortest, at least 1.</param>
/// <param name="Max">Longest, at least <paramref name="Min"/>.</param>
public sealed record CharacterNgrams(int Min, int Max);
