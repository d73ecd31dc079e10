namespace Scoring.Batch.Jobs;

/// <summary>Which jobs a list shows; null leaves a property open.</summary>
public sealed record JobFilter(JobState? State = null, string? Model = null, string? Group = null);
