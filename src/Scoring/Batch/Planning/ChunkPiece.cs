namespace Scoring.Batch.Planning;

/// <summary>A byte range of whole records in one source.</summary>
/// <param name="Source">Place in <see cref="JobPlan.Sources"/>.</param>
/// <param name="Offset">From the blob's start; 0 in a staged range, which holds nothing else.</param>
/// <param name="Length">Bytes.</param>
internal sealed record ChunkPiece(int Source, long Offset, long Length);
