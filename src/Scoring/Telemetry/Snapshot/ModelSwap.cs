namespace Scoring.Telemetry;

/// <summary>A version that began to answer for a model.</summary>
/// <param name="FromVersion">The version that answered before; empty for the process's first.</param>
public sealed record ModelSwap(DateTimeOffset At, string Model, string FromVersion, string ToVersion);
