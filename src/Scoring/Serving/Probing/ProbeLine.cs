namespace Scoring.Serving.Probing;

/// <summary>One line of the probe's standard output: what it is about to do, or its report, after which it ends.</summary>
/// <param name="Doing">What begins now, for the reason if it never ends.</param>
/// <param name="Report">The end.</param>
internal sealed record ProbeLine(string? Doing, ProbeReport? Report);
