using Scoring.Csv;

namespace Scoring.Batch.DuckDb;

/// <summary>What a Parquet file's footer tells.</summary>
/// <param name="Columns">In order.</param>
/// <param name="RowGroups">In order.</param>
internal sealed record ParquetLayout(IReadOnlyList<ParquetColumn> Columns, IReadOnlyList<RowGroup> RowGroups)
{
    public long Rows => RowGroups is [.., var last] ? last.End : 0;

    /// <summary>The columns' names.</summary>
    public CsvHeader Header => new([.. Columns.Select(column => column.Name)]);
}
