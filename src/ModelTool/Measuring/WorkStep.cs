using ModelTool.Data;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>Measures a row's run beside what dispatch alone takes.</summary>
/// <param name="DataPath">Instances to run; null for golden cases or made-up ones.</param>
/// <param name="MoreOperators">Also measured: a graph with so many operators more.</param>
internal sealed record WorkStep(string Folder, string? DataPath, int Sequence, double Seconds, int MoreOperators)
{
    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model");
        var before = Environment.WorkingSet;
        using var model = LoadedModel.Load(ModelTarget.Package(Folder), SessionSettings.Plain);
        var instances = Instances.For(model, DataPath, Sequence);
        using var batch = model.RentBatch();
        instances.Fill(batch, 1);
        progress.Doing("running one row");
        batch.Run(CancellationToken.None);
        var operators = ModelFile.AllNodes(ModelFile.Read(Path.Combine(Folder, "model.onnx")).Graph).Count();
        using var floor = new DispatchFloor(Math.Max(1, operators));
        using var higher = new DispatchFloor(Math.Max(1, operators) + Math.Max(1, MoreOperators));
        progress.Doing("running one row, in turn with graphs of as many operators that compute nothing");
        var found = Latency.OfEach([() => batch.Run(CancellationToken.None), floor.Run, higher.Run], TimeSpan.FromSeconds(Seconds));
        progress.Doing("profiling its operators");
        var matrices = OperatorProfile.MatrixShare(Folder, instances);
        return new WorkFound(found[0], found[1], found[2], operators, matrices, Environment.WorkingSet - before, instances.Origin, model.Config.Slo.TotalMilliseconds);
    }
}
