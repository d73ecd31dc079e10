using System.Text.Json;
using Scoring.Batch.DuckDb;

namespace ModelTool.Training.Texts;

/// <summary>A Parquet file, read by DuckDB, whose library is loaded.</summary>
internal sealed class ParquetTable : ITextTable
{
    private readonly string source;
    private readonly string path;
    private readonly HashSet<string> lists;

    /// <exception cref="IOException">It is no Parquet file.</exception>
    public ParquetTable(string path)
    {
        this.path = path;
        source = $"read_parquet({DuckDbConnection.Literal(Path.GetFullPath(path))})";
        var described = Query($"DESCRIBE SELECT * FROM {source}");
        Columns = [.. described.Select(column => column[0]!)];
        lists = [.. described.Where(column => column[1]!.EndsWith("[]", StringComparison.Ordinal)).Select(column => column[0]!)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns { get; }

    /// <inheritdoc/>
    public IEnumerable<Cell[]> Read(IReadOnlyList<string> columns)
    {
        var selected = columns.Select(column => lists.Contains(column) ? $"to_json({Name(column)})::VARCHAR" : $"{Name(column)}::VARCHAR");
        foreach (var row in Query($"SELECT {string.Join(", ", selected)} FROM {source}"))
        {
            yield return [.. columns.Select((column, index) => Of(row[index], lists.Contains(column)))];
        }
    }

    private static Cell Of(string? text, bool isList)
    {
        if (text is null || !isList)
        {
            return new Cell(text, null);
        }

        using var document = JsonDocument.Parse(text);
        return JsonLinesTable.Of(document.RootElement);
    }

    private static string Name(string column) => $"\"{column.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private IReadOnlyList<string?[]> Query(string sql)
    {
        try
        {
            using var connection = new DuckDbConnection();
            connection.Query("SET autoinstall_known_extensions = false");
            return connection.Query(sql);
        }
        catch (DuckDbException e)
        {
            throw new IOException($"{path}: {e.Message}", e);
        }
    }
}
