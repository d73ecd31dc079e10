using System.Globalization;

namespace Scoring.Batch.DuckDb;

/// <summary>What a run of DuckDB may use.</summary>
/// <param name="Folder">For what does not fit into memory.</param>
/// <param name="MemoryBytes">Memory of its buffers.</param>
/// <param name="SpillBytes">Most bytes in <paramref name="Folder"/>.</param>
/// <param name="Threads">At once.</param>
internal sealed record DuckDbSandbox(string Folder, long MemoryBytes, long SpillBytes, int Threads)
{
    /// <summary>The limits, and no extensions.</summary>
    public void Prepare(DuckDbConnection connection)
    {
        connection.Query("SET autoinstall_known_extensions = false");
        connection.Query("SET autoload_known_extensions = false");
        connection.Query(string.Create(CultureInfo.InvariantCulture, $"SET threads = {Threads}"));
        connection.Query($"SET temp_directory = {DuckDbConnection.Literal(Folder)}");
        connection.Query(string.Create(CultureInfo.InvariantCulture, $"SET max_temp_directory_size = '{SpillBytes} bytes'"));
    }

    /// <summary>From here on these files and no others, no network, and no way back. The order matters: each setting closes the door on the ones before.</summary>
    public void Close(DuckDbConnection connection, IEnumerable<string> files)
    {
        connection.Query($"SET allowed_paths = [{string.Join(", ", files.Select(DuckDbConnection.Literal))}]");
        connection.Query(string.Create(CultureInfo.InvariantCulture, $"SET memory_limit = '{MemoryBytes} bytes'"));
        connection.Query("SET enable_external_access = false");
        connection.Query("SET lock_configuration = true");
    }
}
