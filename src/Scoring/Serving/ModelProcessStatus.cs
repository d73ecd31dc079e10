namespace Scoring.Serving;

/// <summary>The process that a version runs in.</summary>
/// <param name="IsRunning">False while it is started again.</param>
/// <param name="Restarts">Times that another process was started.</param>
/// <param name="MemoryBytes">Resident bytes now.</param>
/// <param name="Cage">Whether it is walled off, as <see cref="Probing.CageReport"/> says it; null while it is started again.</param>
public sealed record ModelProcessStatus(bool IsRunning, int Restarts, long MemoryBytes, string? Cage);
