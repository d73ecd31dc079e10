namespace Scoring.Batch.Planning;

/// <summary>The size of a job, <c>{id}/plan/end.json</c>, known once the whole input is scanned.</summary>
internal sealed record PlanEnd(int Chunks, long Rows);
