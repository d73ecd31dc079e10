namespace Scoring.Batch.DuckDb;

/// <summary>DuckDB refused or could not finish a statement; the message is DuckDB's own.</summary>
internal sealed class DuckDbException(string message) : Exception(message);
