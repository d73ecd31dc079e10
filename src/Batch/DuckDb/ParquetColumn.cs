namespace Scoring.Batch.DuckDb;

/// <summary>A column of a Parquet file.</summary>
/// <param name="Name">As DuckDB calls it, which tells apart names that differ in case only.</param>
/// <param name="Type">As DuckDB calls it.</param>
internal readonly record struct ParquetColumn(string Name, string Type)
{
    /// <summary>The column in SQL.</summary>
    public string Sql => $"\"{Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
