using Scoring.Batch.DuckDb;

namespace Scoring.Tests.Batch.DuckDb;

/// <summary>DuckDB as it lies beside the tests.</summary>
internal static class DuckDbFiles
{
    public static string Library => Path.Combine(AppContext.BaseDirectory, DuckDbLibrary.FileName);

    public static DuckDbConnection Open()
    {
        DuckDbBinding.Load(Library);
        return new();
    }

    /// <summary>What a query gives, as the bytes of a file.</summary>
    public static byte[] Write(string query, string options)
    {
        var path = Path.Combine(Path.GetTempPath(), $"duckdb-{Guid.NewGuid():N}");
        try
        {
            using var connection = Open();
            connection.Query($"COPY ({query}) TO '{path}' ({options})");
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
