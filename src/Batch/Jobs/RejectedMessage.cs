namespace Scoring.Batch.Jobs;

/// <summary>A message that was refused under a job's id.</summary>
/// <param name="Tries">How often it came.</param>
public sealed record RejectedMessage(string Code, string Detail, int Tries, DateTimeOffset LastAt);
