namespace ModelTool.Training;

/// <summary>A candidate whose package is written.</summary>
/// <param name="Name">By which it is taken.</param>
/// <param name="Of">The candidate that it is the INT8 of; null where it is none.</param>
internal sealed record CandidateMade(string Name, string? Of, int Terms, long Bytes);
