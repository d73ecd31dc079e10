using System.Globalization;
using System.Text.RegularExpressions;
using Scoring.Batch.Messages;

namespace Scoring.Batch.DuckDb;

/// <summary>Writes the rows of local files, or what a SELECT makes of them, as one Parquet file.</summary>
internal static partial class FeatureTable
{
    private const string IndexColumn = "index";
    private const int RowGroupRows = 20_480;

    private const string NoIndex = "the SQL gives a row whose \"index\" is NULL, expected an integer";
    private const string NegativeIndex = "the SQL gives a row whose \"index\" is below 0, expected 0 or more";
    private const string RepeatedIndex = "the SQL gives more than one row of the same \"index\", expected each once";

    // Rows come in the order of their index, so that one that is there twice stands behind itself. What the index is would tell of the rows that it was made of.
    private const string CheckedIndex =
        $"""
        CASE WHEN "index" IS NULL THEN error('{NoIndex}')
             WHEN "index" < 0 THEN error('{NegativeIndex}')
             WHEN "index" = lag("index") OVER (ORDER BY "index") THEN error('{RepeatedIndex}')
             ELSE CAST("index" AS BIGINT) END
        """;

    private static readonly HashSet<string> Integers = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"];

    /// <summary>What the statement says by itself of rows that do not fit.</summary>
    public static ReadOnlySpan<string> OwnFaults => new[] { NoIndex, NegativeIndex, RepeatedIndex };

    /// <summary>Runs to the end; the connection is locked down behind it.</summary>
    /// <param name="connection">A fresh connection.</param>
    /// <param name="files">The input.</param>
    /// <param name="format">Its format.</param>
    /// <param name="sql">Null: the rows as they are.</param>
    /// <param name="target">Where to write, without extension.</param>
    /// <param name="sandbox">What the run may use.</param>
    /// <param name="delimiter">Of CSV; null: DuckDB finds out.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the SQL is refused.</exception>
    /// <exception cref="DuckDbException">The files or the SQL do not fit.</exception>
    public static MadeFeatures Write(DuckDbConnection connection, IReadOnlyList<string> files, JobFormat format, string? sql, string target, DuckDbSandbox sandbox, char? delimiter = null)
    {
        sandbox.Prepare(connection);
        if (sql is not null)
        {
            FeatureQuery.Check(connection, sql);
        }

        var hasIndex = CreateInput(connection, files, format, delimiter, withIndex: sql is not null);
        sandbox.Close(connection, [.. files, target + ".parquet"]);

        // The newline keeps a comment at the SQL's end from swallowing what follows.
        var query = $"SELECT * FROM ({sql?.TrimEnd().TrimEnd(';') ?? $"SELECT * FROM {FeatureQuery.Table}"}\n)";
        var columns = connection.Query($"DESCRIBE {query}").Select(column => new ParquetColumn(column[0]!, column[1]!)).ToList();
        hasIndex = hasIndex && columns.Any(column => column.Name == IndexColumn);
        var list = columns.Where(column => !hasIndex || column.Name != IndexColumn).Select(Storable);
        if (hasIndex)
        {
            RequireInteger(columns.First(column => column.Name == IndexColumn).Type);
            list = list.Prepend($"{CheckedIndex} AS \"{IndexColumn}\"");
        }

        query = $"SELECT {string.Join(", ", list)} FROM ({query}){(hasIndex ? " ORDER BY 1" : "")}";

        // Typed, so that chunks read what the SQL gave. Small row groups: one is held in memory while it is written.
        var path = target + ".parquet";
        connection.Query(string.Create(CultureInfo.InvariantCulture, $"COPY ({query}) TO {DuckDbConnection.Literal(path)} (FORMAT parquet, ROW_GROUP_SIZE {RowGroupRows})"));
        return new MadeFeatures(path, hasIndex);
    }

    // Parquet would make a double of a 128-bit integer and has no type at all for some others.
    private static string Storable(ParquetColumn column) => column switch
    {
        { Type: "HUGEINT" or "UHUGEINT" } => $"CAST(CAST({column.Sql} AS VARCHAR) AS JSON) AS {column.Sql}",
        { Type: "BIT" or "INTERVAL" or "BIGNUM" } => $"CAST({column.Sql} AS VARCHAR) AS {column.Sql}",
        _ when column.Type.StartsWith("UNION", StringComparison.Ordinal) => $"CAST({column.Sql} AS VARCHAR) AS {column.Sql}",
        _ when HugeInteger().IsMatch(column.Type) => $"CAST({column.Sql} AS {HugeInteger().Replace(column.Type, "DECIMAL(38, 0)")}) AS {column.Sql}",
        _ => column.Sql,
    };

    private static void RequireInteger(string type)
    {
        if (!Integers.Contains(type))
        {
            throw new ScoringException(ErrorCode.InvalidValue, $"The job's features are refused: the SQL's \"{IndexColumn}\" is a {type}, expected an integer; call the column something else if it is no row of the input.");
        }
    }

    // The view "input"; with the row's place as "index", unless it has a column of that name.
    private static bool CreateInput(DuckDbConnection connection, IReadOnlyList<string> files, JobFormat format, char? delimiter, bool withIndex)
    {
        var list = $"[{string.Join(", ", files.Select(DuckDbConnection.Literal))}]";
        var read = format switch
        {
            JobFormat.Parquet => $"read_parquet({list})",
            JobFormat.Csv => $"read_csv({list}, header = true, union_by_name = true, quote = '\"', escape = '\"'{(delimiter is { } given ? $", delim = {DuckDbConnection.Literal(given.ToString())}" : "")})",
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

    [GeneratedRegex(@"\bU?HUGEINT\b", RegexOptions.CultureInvariant)]
    private static partial Regex HugeInteger();
}
