using ModelTool.Data;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Tuning;

/// <summary>Times one session at several counts of rows, in turn.</summary>
/// <param name="Seconds">Time for each count.</param>
internal sealed record TuneStep(string Folder, TuneSetting Session, int[] Rows, string? DataPath, int Sequence, double Seconds)
{
    public object Run(StepProgress progress)
    {
        progress.Doing($"loading the model, {Session}");
        var settings = SessionSettings.Plain with { IntraOpThreads = Session.Threads, Optimization = Session.Optimization, Spinning = Session.Spinning, IsFinal = true };
        using var model = LoadedModel.Load(ModelTarget.Package(Folder), settings);
        var instances = Instances.For(model, DataPath, Sequence);
        var batches = Array.ConvertAll(Rows, _ => model.RentBatch());
        try
        {
            for (var index = 0; index < Rows.Length; index++)
            {
                instances.Fill(batches[index], Rows[index]);
            }

            progress.Doing($"running {string.Join(", ", Rows)} rows, {Session}");
            return new TuneFound(Latency.OfEach(Array.ConvertAll(batches, batch => (Action)(() => batch.Run(CancellationToken.None))), TimeSpan.FromSeconds(Seconds * Rows.Length)));
        }
        finally
        {
            Array.ForEach(batches, batch => batch.Dispose());
        }
    }
}
