namespace Scoring.Batch.DuckDb;

/// <summary>What a Parquet file's footer tells.</summary>
/// <param name="Columns">Names, as DuckDB calls them.</param>
/// <param name="IsFlat">Every value is one cell of text; lists and the like are not.</param>
/// <param name="RowGroups">In order.</param>
internal sealed record ParquetLayout(IReadOnlyList<string> Columns, bool IsFlat, IReadOnlyList<RowGroup> RowGroups)
{
    public long Rows => RowGroups is [.., var last] ? last.End : 0;

    /// <summary>The columns' names as a CSV record.</summary>
    public byte[] ToHeader() =>
        System.Text.Encoding.UTF8.GetBytes(string.Join(',', Columns.Select(name => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
}
