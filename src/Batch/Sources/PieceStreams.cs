using Scoring.Batch.DuckDb;
using Scoring.Batch.Planning;
using Scoring.Batch.Storage;

namespace Scoring.Batch.Sources;

/// <summary>Opens the pieces of chunks as text. Thread safe.</summary>
internal sealed class PieceStreams(InputBlobs inputs, StagedRanges staged, ParquetRows parquet)
{
    /// <summary>The records of a piece, without a header.</summary>
    /// <param name="id">The job.</param>
    /// <param name="source">The piece's source.</param>
    /// <param name="piece">Which of its records.</param>
    /// <param name="columns">Of Parquet, the columns wanted; null for all.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the blob changed or is gone.</exception>
    public Task<Stream> OpenAsync(string id, PlanSource source, ChunkPiece piece, IReadOnlyList<string>? columns, CancellationToken cancellationToken) =>
        source.IsParquet ? parquet.OpenAsync(source, piece, columns, cancellationToken)
        : source.IsGzip ? staged.OpenAsync(id, piece, cancellationToken)
        : inputs.OpenAsync(source.Path, source.ETag, piece.Offset, piece.Length, cancellationToken);
}
