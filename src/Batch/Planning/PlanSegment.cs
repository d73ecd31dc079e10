namespace Scoring.Batch.Planning;

/// <summary>What one planning step found, <c>{id}/plan/{number}.json</c>.</summary>
/// <param name="Chunks">The chunks cut, in order.</param>
/// <param name="Next">Where the next step goes on; null: the input's end is reached.</param>
internal sealed record PlanSegment(IReadOnlyList<Chunk> Chunks, PlanPosition? Next);
