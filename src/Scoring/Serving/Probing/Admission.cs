namespace Scoring.Serving.Probing;

/// <summary>The leave to load a version into this process.</summary>
/// <param name="Verdict">What the probe found; null when the version was not probed.</param>
/// <param name="Caution">Why it was not probed; null when it was, or when the policy asks for no probe.</param>
internal sealed record Admission(Verdict? Verdict, string? Caution);
