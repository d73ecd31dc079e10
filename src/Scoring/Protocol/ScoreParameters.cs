namespace Scoring.Protocol;

/// <summary>What a request asks of its predictions.</summary>
/// <param name="TopK">Most entries of <c>probabilities</c>, most probable first; null for all in the order of the labels.</param>
public readonly record struct ScoreParameters(int? TopK);
