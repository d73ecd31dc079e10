namespace Scoring.Batch.Planning;

/// <summary>A range of whole records in one source.</summary>
/// <param name="Source">Place in <see cref="JobPlan.Sources"/>.</param>
/// <param name="Offset">Bytes from the start of the text, or rows from the start of a Parquet file.</param>
/// <param name="Length">Bytes, or rows of a Parquet file.</param>
internal sealed record ChunkPiece(int Source, long Offset, long Length);
