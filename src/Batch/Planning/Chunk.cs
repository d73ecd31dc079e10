namespace Scoring.Batch.Planning;

/// <summary>A part of a job that one invocation scores and stages as one block.</summary>
/// <param name="Number">Place in the output, from 0.</param>
/// <param name="FirstRow">Index of its first row in the job.</param>
/// <param name="Rows">Its records.</param>
/// <param name="Pieces">Where they lie, in order; none when the rows came with the message.</param>
internal sealed record Chunk(int Number, long FirstRow, int Rows, IReadOnlyList<ChunkPiece> Pieces)
{
    /// <summary>Most pieces of a chunk, so that its message stays small.</summary>
    public const int MaxPieces = 200;
}
