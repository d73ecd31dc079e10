namespace Scoring.Batch.DuckDb;

/// <summary>A Parquet file of features.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="HasIndex">It has a column <c>index</c>, the place of each row in the input.</param>
internal sealed record MadeFeatures(string Path, bool HasIndex);
