using Microsoft.Extensions.Options;
using Scoring.Batch.DuckDb;
using Scoring.Batch.Planning;

using Scoring.Batch.Storage;

namespace Scoring.Batch.Sources;

/// <summary>Opens the pieces of chunks. Thread safe.</summary>
internal sealed class PieceReaders(InputBlobs inputs, StagedRanges staged, ParquetRows parquet, IOptions<BatchOptions> options)
{
    /// <summary>The records of a piece, without a header.</summary>
    /// <param name="id">The job.</param>
    /// <param name="source">The piece's source.</param>
    /// <param name="piece">Which of its records.</param>
    /// <param name="columns">Of Parquet, the columns wanted.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the blob changed or is gone.</exception>
    public async Task<IRecordReader> OpenAsync(string id, PlanSource source, ChunkPiece piece, IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        if (source.IsParquet)
        {
            return await parquet.OpenAsync(source.Blob, piece, columns, cancellationToken).ConfigureAwait(false);
        }

        var text = source.IsPacked
            ? await staged.OpenAsync(id, piece, cancellationToken).ConfigureAwait(false)
            : await inputs.OpenAsync(source.Blob, piece.Offset, piece.Length, cancellationToken).ConfigureAwait(false);
        return new RecordReader(text, source.Format, options.Value.MaxRecordBytes, piece.Offset, source.DelimiterByte) { OwnsStream = true };
    }
}
