namespace Scoring.Serving;

/// <summary>A version that was to go live and is not served.</summary>
/// <param name="Version">Its number; null when the live pointer itself is garbage.</param>
/// <param name="Kind">The kind of reason.</param>
/// <param name="Reason">The reason in full: found, expected, and a signal or exit code where there is one.</param>
/// <param name="At">When it was refused.</param>
public sealed record RefusedVersion(string? Version, RefusalKind Kind, string Reason, DateTimeOffset At);
