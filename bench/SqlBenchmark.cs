using System.Globalization;
using System.Runtime.InteropServices;
using Scoring.Batch.Chunks;
using Scoring.Batch.DuckDb;
using Scoring.Batch.DuckDb.Vectors;
using Scoring.Batch.Messages;
using Scoring.Batch.Sources;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Scoring.Csv;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;

namespace Scoring.Bench;

/// <summary>Click events in Parquet to sessions by SQL to scores, on this machine's disk, beside DuckDB's own <c>COPY</c> of the same sessions; and the events' own rows as a chunk reads them.</summary>
internal sealed class SqlBenchmark : IBenchmark
{
    private const int Sessions = 200_000;
    private const int EventsOfASession = 20;
    private const int RoundCount = 5;

    private const string Events =
        "SELECT (i * 7919) % 200000 AS session, CASE i % 5 WHEN 0 THEN 'account' WHEN 1 THEN 'info' ELSE 'product' END AS kind, i % 90 AS seconds, i % 20 AS rate FROM range(4000000) t(i)";

    private const string Features =
        """
        SELECT session, count(*) FILTER (kind = 'account') AS "Administrative", coalesce(sum(seconds) FILTER (kind = 'account'), 0) AS "Administrative_Duration",
               count(*) FILTER (kind = 'info') AS "Informational", coalesce(sum(seconds) FILTER (kind = 'info'), 0) AS "Informational_Duration",
               count(*) FILTER (kind = 'product') AS "ProductRelated", coalesce(sum(seconds) FILTER (kind = 'product'), 0) AS "ProductRelated_Duration",
               avg(rate) / 100 AS "BounceRates", avg(rate) / 50 AS "ExitRates", max(rate) AS "PageValues", 0 AS "SpecialDay", 'Nov' AS "Month", 'New_Visitor' AS "VisitorType", session % 7 = 0 AS "Weekend"
        FROM input GROUP BY session ORDER BY session
        """;

    public string Name => "sql";

    public string Summary => "click events to sessions by SQL to scores, beside DuckDB's COPY of the same sessions (the sample model)";

    public Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("bench-sql-").FullName;
        try
        {
            return Task.FromResult<IReadOnlyList<Figure>>([Measure(folder, output, cancellationToken)]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Figure Measure(string folder, TextWriter output, CancellationToken cancellationToken)
    {
        DuckDbBinding.Load(Path.Combine(AppContext.BaseDirectory, DuckDbLibrary.FileName));
        using var model = LoadedModel.Load(new ModelPackage("intent", "1", "", Path.Combine(Rounds.Checkout(), "samples/intent/package"), "bench"), SessionSettings.Plain);
        var events = Path.Combine(folder, "events.parquet");
        using (var connection = new DuckDbConnection())
        {
            connection.Query($"COPY ({Events}) TO {DuckDbConnection.Literal(events)} (FORMAT parquet)");
        }

        using var lines = new PooledBuffer(64 << 20);
        var target = Path.Combine(folder, "features");
        var medians = Rounds.Medians(
            RoundCount, 1, [() => Make(events, target), () => Score(model, target + ".parquet", lines), () => Copy(events, Path.Combine(folder, "copy.csv"))], cancellationToken);
        var ratio = (medians[0] + medians[1]) / medians[2];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Sessions * EventsOfASession} events, {Sessions} sessions: features {medians[0] / 1e6:F0} ms, scores by one thread {medians[1] / 1e6:F0} ms; DuckDB's COPY {medians[2] / 1e6:F0} ms; ratio {ratio:F2}"));
        return new Figure("SQL features and their scores", "DuckDB's own COPY of the same features", ratio, "x", Aim.AtMost(2))
        {
            Medians = new Dictionary<string, double> { ["featuresMilliseconds"] = medians[0] / 1e6, ["scoresMilliseconds"] = medians[1] / 1e6, ["copyMilliseconds"] = medians[2] / 1e6 },
        };
    }

    private static void Make(string events, string target)
    {
        File.Delete(target + ".parquet");
        using var connection = new DuckDbConnection();
        FeatureTable.Write(connection, [events], JobFormat.Parquet, Features, target, new DuckDbSandbox(target + ".spill", 512 << 20, 4L << 30, Environment.ProcessorCount));
    }

    private static void Score(LoadedModel model, string features, PooledBuffer lines)
    {
        using var connection = new DuckDbConnection();
        connection.Query("SET threads = 1");
        var columns = connection.Query($"DESCRIBE SELECT * FROM read_parquet({DuckDbConnection.Literal(features)})").Select(column => column[0]!).ToList();
        var rows = new DuckDbRows(connection, $"SELECT * FROM read_parquet({DuckDbConnection.Literal(features)})");
        var readers = Enumerable.Range(0, rows.ColumnCount).Select(column =>
        {
            using var type = rows.TypeOf(column);
            return VectorReader.Create(type)!;
        });
        using var records = new ParquetRecords(rows, [.. readers], exception => exception, () => { });
        BatchBenchmark.Score(model, records, new TypedBinder(columns, model, [], indexColumn: -1), lines);
    }

    private static void Copy(string events, string target)
    {
        File.Delete(target);
        using var connection = new DuckDbConnection();
        connection.Query($"CREATE VIEW input AS SELECT * FROM read_parquet({DuckDbConnection.Literal(events)})");
        connection.Query($"COPY ({Features}) TO {DuckDbConnection.Literal(target)} (FORMAT csv, HEADER)");
    }
}
