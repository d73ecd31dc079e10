namespace Scoring.Serving.Probing;

/// <summary>What trying a package in a process of its own gave.</summary>
/// <param name="Refusal">Why it must not be served; null when it may.</param>
/// <param name="Reason">The refusal in full; null without one.</param>
/// <param name="Load">Time to load and warm the session.</param>
/// <param name="Cases">Golden cases that passed.</param>
/// <param name="CasesTook">Time of the golden cases.</param>
/// <param name="MemoryBytes">Resident memory that loading and running added to the process.</param>
/// <param name="PeakBytes">Most resident memory of the whole process.</param>
public sealed record ProbeReport(RefusalKind? Refusal, string? Reason, TimeSpan Load, int Cases, TimeSpan CasesTook, long MemoryBytes, long PeakBytes)
{
    /// <summary>True when the package may be served.</summary>
    public bool Passed => Refusal is null;
}
