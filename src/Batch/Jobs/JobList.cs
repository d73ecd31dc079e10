using System.Text.Json;

namespace Scoring.Batch.Jobs;

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Next">Where the next page begins; null behind the last. A page may hold fewer jobs than asked for, or none, and still have a next.</param>
public sealed record JobList(IReadOnlyList<JobSummary> Jobs, string? Next)
{
    /// <summary>Writes the page as a JSON object; what is null is left out.</summary>
    public void WriteTo(Utf8JsonWriter writer) => JsonSerializer.Serialize(writer, this, JobsJson.Default.JobList);
}
