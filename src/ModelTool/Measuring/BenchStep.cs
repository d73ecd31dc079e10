using ModelTool.Data;
using ModelTool.Models;
using ModelTool.Native;
using Scoring;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>Times runs over batch sizes and threads.</summary>
/// <param name="DataPath">Instances to run; null for golden cases or made-up ones.</param>
/// <param name="Sequence">Length of open inner dimensions of made-up instances.</param>
/// <param name="Seconds">Time for each size and thread count.</param>
internal sealed record BenchStep(string Folder, int[] Rows, int[] Threads, string? DataPath, int Sequence, double Seconds)
{
    public object Run(StepProgress progress)
    {
        var points = new List<BenchPoint>();
        var origin = "";
        var slo = TimeSpan.Zero;
        foreach (var threads in Threads)
        {
            progress.Doing("loading the model");
            using var model = LoadedModel.Load(ModelTarget.Package(Folder), SessionSettings.Plain with { IntraOpThreads = threads, IsFinal = true });
            slo = model.Config.Slo;
            var instances = Instances.For(model, DataPath, Sequence);
            origin = instances.Origin;
            foreach (var rows in Rows)
            {
                progress.Doing(FormattableString.Invariant($"running {rows} rows on {threads} threads"));
                using var batch = model.RentBatch();
                instances.Fill(batch, rows);
                var latency = Latency.Of(() => batch.Run(CancellationToken.None), TimeSpan.FromSeconds(Seconds));
                points.Add(new BenchPoint(rows, threads, latency, rows * 1e6 / latency.P50Microseconds));
            }
        }

        return new BenchFound(points, slo.TotalMilliseconds, origin, NativeRuntime.Version, Environment.ProcessorCount);
    }
}
