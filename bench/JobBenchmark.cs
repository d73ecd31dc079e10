using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Scoring.Batch.DuckDb;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>Whole jobs, from the message to the committed output, the storage emulator included, beside DuckDB that downloads the same blob, copies it into lines of the same length, and uploads these.</summary>
internal sealed class JobBenchmark : IBenchmark
{
    private const int RoundCount = 3;
    private const double MaxTimesOfDuckDb = 1.3;

    // 1,000,000 unless the environment says otherwise.
    private static readonly int RowCount = int.Parse(Environment.GetEnvironmentVariable("BENCH_JOB_ROWS") ?? "1000000", CultureInfo.InvariantCulture);

    public string Name => "job";

    public string Summary => "whole jobs of CSV, JSONL and Parquet, storage emulator included, beside DuckDB's download, COPY and upload of the same (the sample model)";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("bench-job-").FullName;
        try
        {
            using var emulator = new Emulator();
            await emulator.StartAsync(cancellationToken);
            var inputs = new BlobContainerClient(emulator.ConnectionString, "inputs");
            await inputs.CreateAsync(cancellationToken: cancellationToken);
            await new BlobContainerClient(emulator.ConnectionString, "copies").CreateAsync(cancellationToken: cancellationToken);
            DuckDbBinding.Load(Path.Combine(AppContext.BaseDirectory, DuckDbLibrary.FileName));
            await using var jobs = new JobRun(emulator.ConnectionString, Repository(folder), Path.Combine(folder, "cache"));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{RowCount} rows; seconds (of them the job's own processor time, the emulator's)"));
            var figures = new List<Figure>();
            foreach (var format in new[] { "csv", "jsonl", "parquet" })
            {
                figures.Add(await MeasureAsync(format, folder, emulator, jobs, inputs, output, cancellationToken));
            }

            return figures;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Figure> MeasureAsync(string format, string folder, Emulator emulator, JobRun jobs, BlobContainerClient inputs, TextWriter output, CancellationToken cancellationToken)
    {
        var file = MakeInput(folder, format);
        await inputs.GetBlobClient($"rows.{format}").UploadAsync(file, overwrite: true, cancellationToken);
        var (job, copy) = (new double[RoundCount], new double[RoundCount]);
        var (own, storage) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var round = -1; round < RoundCount; round++)
        {
            var id = $"{format}-{round + 1}";
            var before = (Own: Environment.CpuUsage.TotalTime, Storage: emulator.ProcessorTime);
            var started = Stopwatch.GetTimestamp();
            await jobs.RunAsync(id, $$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/rows.{{format}}"} }""", cancellationToken);
            job[Math.Max(round, 0)] = Stopwatch.GetElapsedTime(started).TotalSeconds;
            (own, storage) = (Environment.CpuUsage.TotalTime - before.Own, emulator.ProcessorTime - before.Storage);
            started = Stopwatch.GetTimestamp();
            await CopyAsync(emulator, format, folder, cancellationToken);
            copy[Math.Max(round, 0)] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        // Rounds alternate, so the ratio of each meets the same machine.
        var ratio = Rounds.Median([.. job.Zip(copy, (mine, peer) => mine / peer)]);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{format,-8} job {Rounds.Median(job):F1} ({own.TotalSeconds:F1}, {storage.TotalSeconds:F1}), DuckDB {Rounds.Median(copy):F1}, ratio {ratio:F2}"));
        return new Figure($"{format} job of {RowCount} rows, end to end", "DuckDB: download, COPY, upload", ratio, "x", Aim.AtMost(MaxTimesOfDuckDb))
        {
            Medians = new Dictionary<string, double> { ["jobSeconds"] = Rounds.Median(job), ["duckDbSeconds"] = Rounds.Median(copy) },
        };
    }

    private static async Task CopyAsync(Emulator emulator, string format, string folder, CancellationToken cancellationToken)
    {
        var (from, to) = (Path.Combine(folder, $"copy.{format}"), Path.Combine(folder, "copied.jsonl"));
        await new BlobClient(emulator.ConnectionString, "inputs", $"rows.{format}").DownloadToAsync(from, cancellationToken);
        using (var connection = new DuckDbConnection())
        {
            var read = format switch { "csv" => "read_csv", "jsonl" => "read_json", _ => "read_parquet" };
            connection.Query(
                $"""
                COPY (SELECT index, CASE WHEN p > 0.5 THEN 'purchase' ELSE 'browse' END AS label, p AS probability, {"{'browse': 1 - p, 'purchase': p}"} AS probabilities
                      FROM (SELECT row_number() OVER () - 1 AS index, ("ProductRelated_Duration" / 9999.7)::FLOAT AS p, * FROM {read}({DuckDbConnection.Literal(from)})))
                TO {DuckDbConnection.Literal(to)} (FORMAT json)
                """);
        }

        await new BlobClient(emulator.ConnectionString, "copies", "copied.jsonl").UploadAsync(to, overwrite: true, cancellationToken);
        File.Delete(from);
        File.Delete(to);
    }

    private static string MakeInput(string folder, string format)
    {
        var sessions = File.ReadAllLines(Path.Combine(Rounds.Checkout(), "samples/intent/sessions.jsonl"));
        var path = Path.Combine(folder, $"rows.{format}");
        if (format == "parquet")
        {
            using var connection = new DuckDbConnection();
            connection.Query($"COPY (SELECT * FROM read_json({DuckDbConnection.Literal(Path.Combine(folder, "rows.jsonl"))})) TO {DuckDbConnection.Literal(path)} (FORMAT parquet)");
            return path;
        }

        using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16);
        var records = sessions.Select(session => format == "csv" ? string.Join(',', JsonNode.Parse(session)!.AsObject().Select(property => property.Value!.ToString())) : session).ToList();
        if (format == "csv")
        {
            file.Write(string.Join(',', JsonNode.Parse(sessions[0])!.AsObject().Select(property => property.Key)) + "\n");
        }

        for (var row = 0; row < RowCount; row++)
        {
            file.Write(records[row % records.Count]);
            file.Write('\n');
        }

        return path;
    }

    private static string Repository(string folder)
    {
        var version = Directory.CreateDirectory(Path.Combine(folder, "models", "intent", "1")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Rounds.Checkout(), "samples/intent/package")))
        {
            File.Copy(file, Path.Combine(version, Path.GetFileName(file)));
        }

        return Path.Combine(folder, "models");
    }
}
