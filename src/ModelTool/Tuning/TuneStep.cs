using System.Diagnostics;
using ModelTool.Data;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Tuning;

/// <summary>Times one session at several counts of rows, in turn. Each count runs over batches that begin at different instances, so that a long one among them weighs alike in all.</summary>
/// <param name="SloMilliseconds">What is promised: a count that is far beyond it is not measured for long.</param>
/// <param name="Seconds">Time for each count.</param>
internal sealed record TuneStep(string Folder, TuneSetting Session, int[] Rows, string? DataPath, int Sequence, double SloMilliseconds, double Seconds)
{
    private const int MaxBatches = 8;
    private const double FarBeyond = 4;
    private const double LongMilliseconds = 250;

    public object Run(StepProgress progress)
    {
        progress.Doing($"loading the model, {Session}");
        var settings = SessionSettings.Plain with { IntraOpThreads = Session.Threads, Optimization = Session.Optimization, Spinning = Session.Spinning, IsFinal = true };
        using var model = LoadedModel.Load(ModelTarget.Package(Folder), settings);
        var instances = Instances.For(model, DataPath, Sequence);
        var batches = Array.ConvertAll(Rows, rows => Batches(model, instances, rows));
        try
        {
            var once = Array.ConvertAll(batches, own => Once(own[0], progress));
            var isLong = Array.ConvertAll(once, time => time > Math.Max(FarBeyond * SloMilliseconds, 1) || time > LongMilliseconds);
            progress.Doing($"running {string.Join(", ", Rows)} rows, {Session}");
            var runs = batches.SelectMany((own, index) => isLong[index] ? [] : own.Select(batch => (Action)(() => batch.Run(CancellationToken.None)))).ToArray();
            var measured = new Queue<Latency>(runs.Length == 0 ? [] : Latency.OfEach(runs, TimeSpan.FromSeconds(Seconds * Rows.Length)));
            return new TuneFound([.. batches.Select((own, index) => isLong[index] ? new Latency(1, once[index] * 1000, once[index] * 1000) : Together([.. own.Select(_ => measured.Dequeue())]))]);
        }
        finally
        {
            Array.ForEach(batches, own => Array.ForEach(own, batch => batch.Dispose()));
        }
    }

    private static ScoringBatch[] Batches(LoadedModel model, Instances instances, int rows) =>
        [.. Enumerable.Range(0, Math.Clamp((instances.Count + rows - 1) / rows, 1, MaxBatches)).Select(index =>
        {
            var batch = model.RentBatch();
            instances.Fill(batch, rows, index * rows);
            return batch;
        })];

    // The second run, in milliseconds: the first makes what later ones reuse.
    private double Once(ScoringBatch batch, StepProgress progress)
    {
        progress.Doing($"running {batch.Count} rows once, {Session}");
        batch.Run(CancellationToken.None);
        var start = Stopwatch.GetTimestamp();
        batch.Run(CancellationToken.None);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    // Batches come equally often: the mean of their medians, the worst of their tails.
    private static Latency Together(Latency[] each) => new(each.Sum(latency => latency.Runs), each.Average(latency => latency.P50Microseconds), each.Max(latency => latency.P99Microseconds));
}
