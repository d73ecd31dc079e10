namespace ModelTool.Training;

/// <summary>What a kind of candidates came to.</summary>
/// <param name="Candidates">The largest first, each followed by its INT8.</param>
/// <param name="Seconds">Time to search the setting and to fit them.</param>
internal sealed record FamilyMade(IReadOnlyList<CandidateMade> Candidates, double Seconds);
