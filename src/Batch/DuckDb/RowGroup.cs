namespace Scoring.Batch.DuckDb;

/// <summary>A row group of a Parquet file.</summary>
/// <param name="FirstRow">In the file.</param>
/// <param name="Rows">At least 0.</param>
/// <param name="Bytes">As it lies in the file, all columns.</param>
internal readonly record struct RowGroup(long FirstRow, long Rows, long Bytes)
{
    public long End => FirstRow + Rows;
}
