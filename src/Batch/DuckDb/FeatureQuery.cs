using System.Text.Json;

namespace Scoring.Batch.DuckDb;

/// <summary>
/// What a job's SQL may be: one SELECT over the table <c>input</c>, made of functions that give the same for the same rows. It is read as DuckDB's own
/// parser reads it; what it may not do is refused by name before it runs, and the sandbox of the connection stands behind that.
/// </summary>
internal static class FeatureQuery
{
    /// <summary>The table that the job's rows are.</summary>
    public const string Table = "input";

    private static readonly HashSet<string> TableFunctions = new(StringComparer.OrdinalIgnoreCase) { "range", "generate_series", "unnest" };

    // Functions without brackets, which look like columns.
    private static readonly HashSet<string> ClockNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp",
    };

    // Not volatile by DuckDB's book, yet they look outside of the rows.
    private static readonly HashSet<string> OutsideFunctions = new(StringComparer.OrdinalIgnoreCase) { "current_setting", "getvariable", "query", "query_table", "getenv" };

    private const int MaxGrowth = 10_000;

    private static readonly HashSet<string> GrowingFunctions = new(StringComparer.OrdinalIgnoreCase) { "repeat", "lpad", "rpad", "list_resize", "array_resize" };

    /// <summary>Checks a job's SQL.</summary>
    /// <param name="connection">A connection; the SQL is parsed, not run.</param>
    /// <param name="sql">What the caller wrote.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>, with everything refused.</exception>
    public static void Check(DuckDbConnection connection, string sql)
    {
        // 1. One SELECT: only SELECT statements have this form.
        using var parsed = JsonDocument.Parse(connection.Query($"SELECT json_serialize_sql({DuckDbConnection.Literal(sql)})")[0][0]!);
        if (parsed.RootElement.GetProperty("error").GetBoolean())
        {
            throw Refused([parsed.RootElement.GetProperty("error_message").GetString() ?? "it is no SELECT"]);
        }

        var statements = parsed.RootElement.GetProperty("statements");
        if (statements.GetArrayLength() != 1)
        {
            throw Refused([$"found {statements.GetArrayLength()} statements, expected one SELECT"]);
        }

        // 2. Nothing in it that is volatile or looks outside.
        var changing = connection.Query("SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE stability <> 'CONSISTENT'").Select(row => row[0]!).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var tables = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { Table };
        AddCommonTables(statements, tables);
        var faults = new List<string>();
        Walk(statements, tables, changing, faults);
        if (faults.Count > 0)
        {
            throw Refused(faults.Distinct(StringComparer.Ordinal));
        }
    }

    private static void AddCommonTables(JsonElement element, HashSet<string> tables)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("cte_map", out var map) && map.TryGetProperty("map", out var entries))
        {
            tables.UnionWith(entries.EnumerateArray().Select(entry => entry.GetProperty("key").GetString()!));
        }

        foreach (var child in Children(element))
        {
            AddCommonTables(child, tables);
        }
    }

    private static void Walk(JsonElement element, HashSet<string> tables, HashSet<string> changing, List<string> faults)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            switch (Text(element, "type"))
            {
                case "BASE_TABLE":
                    CheckTable(element, tables, faults);
                    break;
                case "TABLE_FUNCTION" when element.TryGetProperty("function", out var function):
                    CheckTableFunction(Text(function, "function_name"), faults);
                    break;
                case "FUNCTION" or "WINDOW_AGGREGATE":
                    CheckFunction(Text(element, "function_name"), changing, faults);
                    CheckGrowth(element, faults);
                    break;
                case "COLUMN_REF":
                    CheckColumn(element, faults);
                    break;
                default:
                    break;
            }

            if (element.TryGetProperty("sample", out var sample) && sample.ValueKind == JsonValueKind.Object)
            {
                faults.Add("a sample of rows is refused: it is another one each time");
            }
        }

        foreach (var child in Children(element))
        {
            Walk(child, tables, changing, faults);
        }
    }

    private static void CheckTable(JsonElement table, HashSet<string> tables, List<string> faults)
    {
        var name = string.Join('.', new[] { Text(table, "catalog_name"), Text(table, "schema_name"), Text(table, "table_name") }.Where(part => part.Length > 0));
        if (!tables.Contains(name))
        {
            faults.Add($"the table or file '{name}' is refused, expected {Table}");
        }
    }

    private static void CheckTableFunction(string name, List<string> faults)
    {
        if (!TableFunctions.Contains(name))
        {
            faults.Add($"the table function '{name}' is refused: a job reads its input only");
        }
    }

    private static void CheckFunction(string name, HashSet<string> changing, List<string> faults)
    {
        if (changing.Contains(name) || OutsideFunctions.Contains(name))
        {
            faults.Add($"the function '{name}' is refused: it does not depend on the rows alone");
        }
    }

    // A text of a gigabyte for each row is made outside of the memory that DuckDB counts, and no interrupt reaches into the making.
    private static void CheckGrowth(JsonElement function, List<string> faults)
    {
        var name = Text(function, "function_name");
        if (GrowingFunctions.Contains(name)
            && !(function.TryGetProperty("children", out var children) && children.GetArrayLength() > 1
                && children[1].TryGetProperty("value", out var constant) && constant.TryGetProperty("value", out var value)
                && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var count) && count <= MaxGrowth))
        {
            faults.Add($"the function '{name}' is refused with this length: expected a number of at most {MaxGrowth}");
        }
    }

    private static void CheckColumn(JsonElement column, List<string> faults)
    {
        if (column.TryGetProperty("column_names", out var names) && names.GetArrayLength() == 1 && ClockNames.Contains(names[0].GetString()!))
        {
            faults.Add($"'{names[0].GetString()}' is refused: it does not depend on the rows alone");
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static IEnumerable<JsonElement> Children(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Select(property => property.Value),
        JsonValueKind.Array => element.EnumerateArray(),
        _ => [],
    };

    private static ScoringException Refused(IEnumerable<string> faults) =>
        new(ErrorCode.InvalidValue, $"The job's features are refused: {string.Join("; ", faults)}.");
}
