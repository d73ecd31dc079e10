namespace Scoring.Batch.Jobs;

/// <summary>A message that was refused under a job's id, <c>{id}/rejected.json</c>: it never touches the job itself.</summary>
internal sealed record JobRejection(JobError Error, int Tries, DateTimeOffset LastAt);
