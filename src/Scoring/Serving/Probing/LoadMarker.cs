namespace Scoring.Serving.Probing;

/// <summary>Written before a load and removed after it: one that stays tells of a process that died in between.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version's number.</param>
/// <param name="ContentHash">What was being loaded.</param>
/// <param name="Machine">Where.</param>
/// <param name="ProcessId">By which process.</param>
/// <param name="ProcessStart">When that process started; another one may get the same number later.</param>
/// <param name="At">When the load began.</param>
/// <param name="PointerTag">The live pointer that led to it; another one asks for another try.</param>
public sealed record LoadMarker(
    string Model, string Version, string ContentHash, string Machine, int ProcessId, DateTimeOffset ProcessStart, DateTimeOffset At, string? PointerTag);
