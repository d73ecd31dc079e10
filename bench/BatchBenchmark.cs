using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Scoring.Batch.Chunks;
using Scoring.Batch.Sources;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Scoring.Csv;
using Scoring.Features;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;

namespace Scoring.Bench;

/// <summary>A job's rows through one thread, bytes to output lines, beside reading and parsing the same bytes and writing the same lines without a model.</summary>
internal sealed class BatchBenchmark : IBenchmark
{
    private const int RowCount = 1_200_000;
    private const int RoundCount = 7;
    private const int RunRows = 1024;
    private const int MaxRecordBytes = 4 << 20;

    public string Name => "batch";

    public string Summary => "rows/s of a JSONL and a CSV job on one thread, beside reading, parsing and writing alone (the sample model)";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Rounds.Checkout(), "samples/intent");
        using var model = LoadedModel.Load(new ModelPackage("intent", "1", "", Path.Combine(folder, "package"), "bench"), SessionSettings.Plain);
        var sessions = await File.ReadAllLinesAsync(Path.Combine(folder, "sessions.jsonl"), cancellationToken);
        output.WriteLine("format   job rows/s   parsing and writing rows/s   ratio   same bytes out");
        var figures = new List<Figure>();
        foreach (var format in new[] { RecordFormat.JsonLines, RecordFormat.Csv })
        {
            var (header, bytes) = Repeat(sessions, format);
            using var scored = new PooledBuffer(64 << 20);
            using var plain = new PooledBuffer(64 << 20);
            Score(model, header, new MemoryStream(bytes, writable: false), format, scored);
            var echo = new BatchEcho(scored.Written.Span, model);
            var medians = Rounds.Medians(
                RoundCount, 1, [() => Score(model, header, new MemoryStream(bytes, writable: false), format, scored), () => echo.Run(bytes, format, plain)], cancellationToken);
            figures.Add(new($"{(format == RecordFormat.Csv ? "CSV" : "JSONL")} job, rows/s", "reading, parsing and writing the same without a model", medians[1] / medians[0], "x", Aim.AtLeast(0.6))
            {
                Medians = new Dictionary<string, double> { ["jobRowsPerSecond"] = RowCount / medians[0] * 1e9, ["echoRowsPerSecond"] = RowCount / medians[1] * 1e9 },
            });
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(format == RecordFormat.Csv ? "csv" : "jsonl"),-8} {RowCount / medians[0] * 1e9,10:F0} {RowCount / medians[1] * 1e9,28:F0} {medians[1] / medians[0],7:F2} {scored.Written.Span.SequenceEqual(plain.Written.Span),16}"));
        }

        return figures;
    }

    /// <summary>The sessions again and again, up to a count of rows, and the columns of their header.</summary>
    internal static (string[] Header, byte[] Bytes) Repeat(string[] sessions, RecordFormat format, int rows = RowCount)
    {
        var first = JsonNode.Parse(sessions[0])!.AsObject();
        byte[][] records = [.. sessions.Select(session => Encoding.UTF8.GetBytes((format == RecordFormat.Csv ? ToCsv(session) : session) + "\n"))];
        using var bytes = new MemoryStream();
        for (var row = 0; row < rows; row++)
        {
            bytes.Write(records[row % records.Length]);
        }

        return ([.. first.Select(property => property.Key)], bytes.ToArray());
    }

    private static string ToCsv(string line) => string.Join(',', JsonNode.Parse(line)!.AsObject().Select(property => property.Value!.ToString()));

    /// <summary>Scores the records of a stream into output lines, as a chunk does.</summary>
    internal static void Score(LoadedModel model, IReadOnlyList<string> header, Stream stream, RecordFormat format, PooledBuffer output)
    {
        using var reader = new RecordReader(stream, format, MaxRecordBytes);
        using var csv = format == RecordFormat.Csv ? new CsvBinder(new CsvHeader(header), model, []) : null;
        Score(model, reader, csv is null ? new JsonBinder([], new UnknownFeatures()) : csv, output);
    }

    /// <summary>Scores records into output lines, as a chunk does.</summary>
    internal static void Score(LoadedModel model, IRecordReader reader, IRecordBinder binder, PooledBuffer output)
    {
        output.Clear();
        using var batch = model.RentBatch();
        using var block = new RowBlock(batch, RunRows, keeps: false, hasIndex: false, firstRow: 0, output);
        do
        {
            while (reader.TryRead(out var record))
            {
                block.TryAdd(binder, record.Content);
                if (block.IsFull)
                {
                    block.Run(null, CancellationToken.None);
                    block.Write();
                }
            }
        }
        while (reader.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult());

        block.Run(null, CancellationToken.None);
        block.Write();
    }
}
