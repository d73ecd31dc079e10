namespace Scoring.Batch.Jobs;

/// <summary>The job was cancelled while a step of it ran, which ended early.</summary>
internal sealed class JobCancelledException(string id) : Exception($"Job '{id}' was cancelled.");
