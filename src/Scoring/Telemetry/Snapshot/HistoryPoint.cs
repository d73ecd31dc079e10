namespace Scoring.Telemetry;

/// <summary>One step of <see cref="MetricsHistory"/>: what happened in it, and how things stood at its end.</summary>
/// <param name="Latency">Of the requests answered in the step.</param>
/// <param name="ErrorsByCode">Failed requests of the step; codes without any are left out.</param>
/// <param name="OverSlo">Requests over their own model's SLO.</param>
/// <param name="Cold">Requests that arrived before the process's first answer.</param>
/// <param name="Rows">Rows that session runs scored.</param>
/// <param name="QueueAge">Of the messages taken in the step.</param>
/// <param name="RunsQueued">Callers waiting at the end of the step.</param>
/// <param name="MemoryBytes">The working set at the end of the step.</param>
public sealed record HistoryPoint(
    DateTimeOffset At,
    PackedDurations Latency,
    IReadOnlyDictionary<string, long> ErrorsByCode,
    long OverSlo,
    long Cold,
    long Rows,
    PackedDurations QueueAge,
    int RunsQueued,
    long MemoryBytes);
