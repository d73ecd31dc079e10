using DuckDB.NET.Native;

namespace Scoring.Batch.DuckDb;

/// <summary>The rows of a query as they come, some thousand at a time, as vectors of their columns' own types. Not thread safe; dispose it before its connection.</summary>
internal sealed class DuckDbRows : IDisposable
{
    private readonly DuckDBPreparedStatement statement;
    private DuckDBResult result;
    private DuckDBDataChunk? chunk;

    /// <summary>Starts the query.</summary>
    /// <exception cref="DuckDbException">It is refused.</exception>
    public DuckDbRows(DuckDbConnection connection, string sql)
    {
        try
        {
            if (NativeMethods.PreparedStatements.DuckDBPrepare(connection.Handle, sql, out statement) != DuckDBState.Success)
            {
                throw new DuckDbException(NativeMethods.PreparedStatements.DuckDBPrepareError(statement) ?? "DuckDB failed.");
            }

            Check(NativeMethods.PreparedStatements.DuckDBExecutePreparedStreaming(statement, out result));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int ColumnCount => (int)NativeMethods.Query.DuckDBColumnCount(ref result);

    /// <summary>The type of a column; the caller disposes it.</summary>
    public DuckDBLogicalType TypeOf(int column) => NativeMethods.Query.DuckDBColumnLogicalType(ref result, column);

    /// <summary>Goes on to the next rows and gives how many they are; 0 at the end.</summary>
    /// <exception cref="DuckDbException">The query failed, or was interrupted.</exception>
    public int Next()
    {
        chunk?.Dispose();
        chunk = NativeMethods.Query.DuckDBFetchChunk(result);
        if (!chunk.IsInvalid)
        {
            return (int)NativeMethods.DataChunks.DuckDBDataChunkGetSize(chunk);
        }

        Check(NativeMethods.Query.DuckDBResultError(ref result) is { Length: > 0 } ? DuckDBState.Error : DuckDBState.Success);
        return 0;
    }

    /// <summary>A column's vector of the rows at hand; valid until the next ones.</summary>
    public nint Vector(int column) => NativeMethods.DataChunks.DuckDBDataChunkGetVector(chunk!, column);

    public void Dispose()
    {
        chunk?.Dispose();
        NativeMethods.Query.DuckDBDestroyResult(ref result);
        statement?.Dispose();
    }

    private void Check(DuckDBState state)
    {
        if (state != DuckDBState.Success)
        {
            throw new DuckDbException(NativeMethods.Query.DuckDBResultError(ref result) is { Length: > 0 } error ? error : "DuckDB failed.");
        }
    }
}
