using System.Runtime.InteropServices;
using DuckDB.NET.Native;

namespace Scoring.Batch.DuckDb;

/// <summary>A database in memory and one connection to it. Not thread safe, but for <see cref="Interrupt"/>; dispose it.</summary>
internal sealed class DuckDbConnection : IDisposable
{
    private readonly DuckDBDatabase database;
    private readonly DuckDBNativeConnection connection;

    /// <summary>Opens it by the library that <see cref="DuckDbLibrary"/> or <see cref="DuckDbBinding"/> has loaded.</summary>
    /// <exception cref="DuckDbException">There is no memory for it.</exception>
    public DuckDbConnection()
    {
        if (NativeMethods.Startup.DuckDBOpen(":memory:", out database) != DuckDBState.Success)
        {
            database.Dispose();
            throw CannotOpen();
        }

        if (NativeMethods.Startup.DuckDBConnect(database, out connection) != DuckDBState.Success)
        {
            Dispose();
            throw CannotOpen();
        }
    }

    /// <summary>For <see cref="DuckDbRows"/>.</summary>
    public DuckDBNativeConnection Handle => connection;

    /// <summary>A string as a SQL literal.</summary>
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Runs a statement to its end.</summary>
    /// <returns>The rows as text, null for NULL. Meant for results of a few rows.</returns>
    /// <exception cref="DuckDbException">It failed, or was interrupted.</exception>
    public IReadOnlyList<string?[]> Query(string sql)
    {
        var state = NativeMethods.Query.DuckDBQuery(connection, sql, out var result);
        try
        {
            return state == DuckDBState.Success ? Read(ref result) : throw new DuckDbException(NativeMethods.Query.DuckDBResultError(ref result) ?? "DuckDB failed.");
        }
        finally
        {
            NativeMethods.Query.DuckDBDestroyResult(ref result);
        }
    }

    /// <summary>Ends the statement that runs now. From any thread.</summary>
    public void Interrupt() => NativeMethods.Startup.DuckDBInterrupt(connection);

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
    }

    private static DuckDbException CannotOpen() => new("DuckDB could not open a database in memory.");

    private static List<string?[]> Read(ref DuckDBResult result)
    {
        var rows = new List<string?[]>();
        var columns = (long)NativeMethods.Query.DuckDBColumnCount(ref result);
        var count = NativeMethods.Query.DuckDBRowCount(ref result);
        for (var row = 0L; row < count; row++)
        {
            var values = new string?[columns];
            for (var column = 0L; column < columns; column++)
            {
                var value = NativeMethods.Types.DuckDBValueVarchar(ref result, column, row);
                values[column] = Marshal.PtrToStringUTF8(value);
                NativeMethods.Helpers.DuckDBFree(value);
            }

            rows.Add(values);
        }

        return rows;
    }
}
