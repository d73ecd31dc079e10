using System.Diagnostics;
using System.Globalization;
using Scoring.Batch.Chunks;
using Scoring.Batch.Sources;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;

namespace Scoring.Bench;

/// <summary>Jobs on 1 to 1,000 instances, simulated by the scale controller's published rule from what one thread was measured to scan and score here.</summary>
internal sealed class ScaleBenchmark : IBenchmark
{
    private const int MeasuredRows = 200_000;
    private const double ChunkBytes = 4 << 20;
    private const long StepBytes = 256L << 20;
    private const int InFlight = 3;
    private const int MaxRecordBytes = 4 << 20;

    // What ChunkDuration makes of a slow model's chunks.
    private const double SlowChunkSeconds = 20;

    private static readonly int[] Limits = [1, 10, 40, 100, 1000];

    public string Name => "scale";

    public string Summary => "time, storage requests and bound of jobs on 1 to 1,000 instances, simulated; batch size 2 beside 16";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var (scoreRate, scanRate, rowBytes) = await MeasureAsync(cancellationToken);
        var (chunkRows, scanBytes) = (ChunkBytes / rowBytes, Math.Min(scanRate, ScaleInputs.BlobBytesPerSecond));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"measured: {scoreRate:N0} rows/s scored and {scanRate / 1e6:N0} MB/s scanned by one thread, {rowBytes:F0} bytes a row of CSV; assumed: {ScaleInputs.BlobBytesPerSecond / 1e6:N0} MB/s from one blob, a decision every {ScaleInputs.DecisionSeconds} s, {ScaleInputs.StartSeconds} s to start, {ScaleInputs.RequestSeconds * 1000} ms a request"));
        var fast = new ScaleInputs((int)(1e9 / chunkRows), chunkRows / scoreRate, (int)(StepBytes / ChunkBytes), StepBytes / scanBytes, 2, InFlight, 1);
        var slow = new ScaleInputs(2_500, SlowChunkSeconds, 2_500, 1, 2, InFlight, 1);
        Show(output, "1,000,000,000 rows, the sample model", fast);
        Show(output, "2,500 chunks of 20 s, a slow model", slow);

        var few = slow with { Chunks = 15, ChunksPerStep = 15, MaxInstances = 40 };
        var (two, sixteen) = (ScaleSimulation.Run(few), ScaleSimulation.Run(few with { BatchSize = 16 }));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"15 chunks of 20 s: {two.Seconds:F0} s on {two.Instances} instances by batch size 2, {sixteen.Seconds:F0} s on {sixteen.Instances} by 16"));
        return [new("15 chunks of 20 s, batch size 2 (simulated)", "batch size 16", two.Seconds / sixteen.Seconds, "x", null)];
    }

    private static void Show(TextWriter output, string job, ScaleInputs inputs)
    {
        output.WriteLine($"{job}{Environment.NewLine}limit   instances      time   storage requests   most a second   idle   bound by");
        foreach (var limit in Limits)
        {
            var limited = inputs with { MaxInstances = limit };
            var outcome = ScaleSimulation.Run(limited);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{limit,5} {outcome.Instances,11} {outcome.Seconds,7:N0} s {outcome.Requests,18:N0} {outcome.PeakRequestsPerSecond,15:N0} {outcome.IdleShare,6:P0}   {outcome.Bound(limited)}"));
        }
    }

    private static async Task<(double RowsPerSecond, double BytesPerSecond, double BytesPerRow)> MeasureAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Rounds.Checkout(), "samples/intent");
        using var model = LoadedModel.Load(new ModelPackage("intent", "1", "", Path.Combine(folder, "package"), "bench"), SessionSettings.Plain);
        var sessions = await File.ReadAllLinesAsync(Path.Combine(folder, "sessions.jsonl"), cancellationToken);
        var (header, bytes) = BatchBenchmark.Repeat(sessions, RecordFormat.Csv, MeasuredRows);
        using var scored = new PooledBuffer(64 << 20);
        var (score, scan) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < 5; round++)
        {
            score = Math.Min(score, Time(() => BatchBenchmark.Score(model, header, new MemoryStream(bytes, writable: false), RecordFormat.Csv, scored)));
            scan = Math.Min(scan, Time(() => Scan(bytes)));
        }

        return (MeasuredRows / score, bytes.Length / scan, (double)bytes.Length / MeasuredRows);
    }

    private static void Scan(byte[] bytes)
    {
        using var reader = new RecordReader(new MemoryStream(bytes, writable: false), RecordFormat.Csv, MaxRecordBytes);
        do
        {
            while (reader.TryRead(out _))
            {
            }
        }
        while (reader.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult());
    }

    private static double Time(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
