namespace Scoring.Telemetry;

/// <summary>
/// Points on a process's way to its first answer. Each ends a part of the cold start that bears its name in metrics, lower-case.
/// </summary>
public enum ColdStartPhase
{
    /// <summary>The services are built; the part since the app's entry.</summary>
    Build,

    /// <summary>The host listens; the part since <see cref="Build"/>.</summary>
    Start,

    /// <summary>Azure's host has asked which functions there are; the part since <see cref="Start"/>. The local host has no such part.</summary>
    Handshake,

    /// <summary>What <c>Preload</c> names has loaded; the part since the last. Where that was before it, or without a preload, there is no such part.</summary>
    Ready,
}
