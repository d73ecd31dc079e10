namespace Scoring.Inference;

/// <summary>The execution providers of a session.</summary>
/// <param name="Names">Those that are registered, in order of preference.</param>
/// <param name="Skipped">Why others are not, a sentence each; only where the settings let them be left out.</param>
public sealed record ProvidersInUse(IReadOnlyList<string> Names, IReadOnlyList<string> Skipped);
