using System.Runtime.InteropServices;
using System.Text;

namespace Scoring.Batch.DuckDb;

/// <summary>A database in memory and one connection to it. Not thread safe, but for <see cref="Interrupt"/>; dispose it.</summary>
internal sealed unsafe class DuckDbConnection : IDisposable
{
    private readonly DuckDbNative native;
    private nint database;
    private nint connection;

    /// <exception cref="DuckDbException">There is no memory for it.</exception>
    public DuckDbConnection(DuckDbNative native)
    {
        this.native = native;
        fixed (nint* db = &database, link = &connection)
        {
            if (native.Open(null, db) != 0 || native.Connect(database, link) != 0)
            {
                Dispose();
                throw new DuckDbException("DuckDB could not open a database in memory.");
            }
        }
    }

    /// <summary>A string as a SQL literal.</summary>
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Runs a statement to its end.</summary>
    /// <returns>The rows as text, null for NULL. Meant for results of a few rows.</returns>
    /// <exception cref="DuckDbException">It failed, or was interrupted.</exception>
    public IReadOnlyList<string?[]> Query(string sql)
    {
        DuckDbNative.Result result;
        var text = Encoding.UTF8.GetBytes(sql + "\0");
        fixed (byte* pointer = text)
        {
            var state = native.Query(connection, pointer, &result);
            try
            {
                return state == 0 ? Read(&result) : throw new DuckDbException(Marshal.PtrToStringUTF8((nint)native.ResultError(&result)) ?? "DuckDB failed.");
            }
            finally
            {
                native.DestroyResult(&result);
            }
        }
    }

    /// <summary>Ends the statement that runs now. From any thread.</summary>
    public void Interrupt() => native.Interrupt(connection);

    public void Dispose()
    {
        fixed (nint* db = &database, link = &connection)
        {
            if (connection != 0)
            {
                native.Disconnect(link);
            }

            if (database != 0)
            {
                native.Close(db);
            }
        }
    }

    private List<string?[]> Read(DuckDbNative.Result* result)
    {
        var rows = new List<string?[]>();
        var columns = native.ColumnCount(result);
        var count = native.RowCount(result);
        for (var row = 0ul; row < count; row++)
        {
            var values = new string?[columns];
            for (var column = 0ul; column < columns; column++)
            {
                var value = native.ValueText(result, column, row);
                values[column] = Marshal.PtrToStringUTF8((nint)value);
                native.Free(value);
            }

            rows.Add(values);
        }

        return rows;
    }
}
