namespace Scoring.Batch.Planning;

/// <summary>How far a plan's scan has come: the next record to read and what it will be.</summary>
internal sealed record PlanPosition(int Source, long Offset, long Row, int Chunk);
