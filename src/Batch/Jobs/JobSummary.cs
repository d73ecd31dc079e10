namespace Scoring.Batch.Jobs;

/// <summary>A job in a list: how it stands, without what is counted along the way.</summary>
/// <param name="Rows">Of the whole job; null until its input is scanned.</param>
/// <param name="RowsFailed">Null until the job has succeeded.</param>
public sealed record JobSummary(
    string Id,
    JobState State,
    string Model,
    string? Version,
    string? Group,
    DateTimeOffset QueuedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    long? Rows,
    long? RowsFailed,
    JobError? Error);
