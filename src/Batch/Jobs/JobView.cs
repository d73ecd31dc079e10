using System.Text.Json;

namespace Scoring.Batch.Jobs;

/// <summary>A job as <c>GET /api/jobs/{id}</c> shows it.</summary>
/// <param name="Output"><c>container/name</c> of the output, which is there once the job has succeeded.</param>
/// <param name="Rows">Rows scored or found bad so far.</param>
/// <param name="RowsTotal">Null until the input is scanned.</param>
/// <param name="RowsFailed">Those of <paramref name="Rows"/> that have an error in their place.</param>
/// <param name="ChunksTotal">Null until the input is scanned.</param>
/// <param name="RowsPerSecond">Since the job was taken up.</param>
/// <param name="EstimatedEnd">By that rate; null when it can't be told.</param>
/// <param name="Rejected">A message refused under this id; <paramref name="Error"/> too where the job itself does not exist.</param>
public sealed record JobView(
    string Id,
    JobState State,
    string? Model,
    string? Version,
    string? Output,
    DateTimeOffset QueuedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    int Tries,
    long Rows,
    long? RowsTotal,
    long RowsFailed,
    int Chunks,
    int? ChunksTotal,
    double? RowsPerSecond,
    DateTimeOffset? EstimatedEnd,
    IReadOnlyList<string> IgnoredColumns,
    JobError? Error,
    RejectedMessage? Rejected)
{
    /// <summary>Writes the job as a JSON object; what is null is left out.</summary>
    public void WriteTo(Utf8JsonWriter writer) => JsonSerializer.Serialize(writer, this, JobsJson.Default.JobView);
}
