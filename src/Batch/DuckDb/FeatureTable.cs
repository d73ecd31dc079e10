using Scoring.Batch.Messages;

namespace Scoring.Batch.DuckDb;

/// <summary>Writes the rows of local files, or what a SELECT makes of them, as one text file.</summary>
internal static class FeatureTable
{
    private const string IndexColumn = "index";

    // Rows come in the order of their index, so that one that is there twice stands behind itself.
    private const string CheckedIndex =
        """
        CASE WHEN "index" IS NULL THEN error('the SQL gives a row whose "index" is NULL, expected an integer')
             WHEN "index" < 0 THEN error('the SQL gives a row whose "index" is ' || "index" || ', expected 0 or more')
             WHEN "index" = lag("index") OVER (ORDER BY "index") THEN error('the SQL gives more than one row whose "index" is ' || "index" || ', expected each once')
             ELSE CAST("index" AS BIGINT) END
        """;

    private static readonly HashSet<string> Integers = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"];

    /// <summary>Runs to the end; the connection is locked down behind it.</summary>
    /// <param name="connection">A fresh connection.</param>
    /// <param name="files">The input.</param>
    /// <param name="format">Its format.</param>
    /// <param name="sql">Null: the rows as they are.</param>
    /// <param name="target">Where to write, without extension.</param>
    /// <param name="sandbox">What the run may use.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the SQL is refused.</exception>
    /// <exception cref="DuckDbException">The files or the SQL do not fit.</exception>
    public static MadeFeatures Write(DuckDbConnection connection, IReadOnlyList<string> files, JobFormat format, string? sql, string target, DuckDbSandbox sandbox)
    {
        sandbox.Prepare(connection);
        if (sql is not null)
        {
            FeatureQuery.Check(connection, sql);
        }

        var hasIndex = CreateInput(connection, files, format, withIndex: sql is not null);
        sandbox.Close(connection, [.. files, target + ".csv", target + ".jsonl"]);

        // The newline keeps a comment at the SQL's end from swallowing what follows.
        var query = $"SELECT * FROM ({sql?.TrimEnd().TrimEnd(';') ?? $"SELECT * FROM {FeatureQuery.Table}"}\n)";
        var columns = connection.Query($"DESCRIBE {query}");
        hasIndex = hasIndex && columns.Any(column => column[0] == IndexColumn);
        if (hasIndex)
        {
            RequireInteger(columns.First(column => column[0] == IndexColumn)[1]!);
            query = $"SELECT {CheckedIndex} AS \"{IndexColumn}\", * EXCLUDE (\"{IndexColumn}\") FROM ({query}) ORDER BY 1";
        }

        // CSV is the smaller and faster one; lists and the like need JSON, and a blank cell that stands alone would be a blank line.
        var isFlat = columns.Count > 1 && columns.All(column => !IsNested(column[1]!));
        var path = target + (isFlat ? ".csv" : ".jsonl");
        connection.Query($"COPY ({query}) TO {DuckDbConnection.Literal(path)} ({(isFlat ? "FORMAT csv, HEADER" : "FORMAT json")})");
        return new MadeFeatures(path, isFlat ? JobFormat.Csv : JobFormat.JsonLines, hasIndex);
    }

    private static void RequireInteger(string type)
    {
        if (!Integers.Contains(type))
        {
            throw new ScoringException(ErrorCode.InvalidValue, $"The job's features are refused: the SQL's \"{IndexColumn}\" is a {type}, expected an integer; call the column something else if it is no row of the input.");
        }
    }

    // The view "input"; with the row's place as "index", unless it has a column of that name.
    private static bool CreateInput(DuckDbConnection connection, IReadOnlyList<string> files, JobFormat format, bool withIndex)
    {
        var list = $"[{string.Join(", ", files.Select(DuckDbConnection.Literal))}]";
        var read = format switch
        {
            JobFormat.Parquet => $"read_parquet({list})",
            JobFormat.Csv => $"read_csv({list}, header = true, union_by_name = true, quote = '\"', escape = '\"')",
            _ => $"read_json({list}, format = 'newline_delimited', union_by_name = true)",
        };
        if (!withIndex || connection.Query($"DESCRIBE SELECT * FROM {read}").Any(column => string.Equals(column[0], IndexColumn, StringComparison.OrdinalIgnoreCase)))
        {
            connection.Query($"CREATE VIEW {FeatureQuery.Table} AS SELECT * FROM {read}");
            return false;
        }

        connection.Query(format == JobFormat.Parquet && files.Count == 1
            ? $"CREATE VIEW {FeatureQuery.Table} AS SELECT file_row_number AS \"{IndexColumn}\", * EXCLUDE (file_row_number) FROM read_parquet({list}, file_row_number = true)"
            : $"CREATE VIEW {FeatureQuery.Table} AS SELECT row_number() OVER () - 1 AS \"{IndexColumn}\", * FROM {read}");
        return true;
    }

    /// <summary>Whether values of the type are more than one cell of text.</summary>
    public static bool IsNested(string type) =>
        type.Contains('[', StringComparison.Ordinal) || type.StartsWith("STRUCT", StringComparison.Ordinal) || type.StartsWith("MAP", StringComparison.Ordinal)
        || type.StartsWith("UNION", StringComparison.Ordinal) || type is "JSON" or "BLOB";
}
