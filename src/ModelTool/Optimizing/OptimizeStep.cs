using ModelTool.Data;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Configuration;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Optimizing;

/// <summary>Loads a model with execution providers, saves the graph as ONNX Runtime optimised it, and sees where each operator runs.</summary>
/// <param name="SavePath">Where the optimised model goes.</param>
/// <param name="Level">How far it goes.</param>
/// <param name="Providers">Short names in order of preference.</param>
internal sealed record OptimizeStep(string Folder, string SavePath, GraphOptimization Level, IReadOnlyList<string> Providers, string? DataPath, int Sequence)
{
    public object Run(StepProgress progress)
    {
        progress.Doing("asking for execution providers");
        if (ExecutionProviders.Check(Providers) is [var first, ..])
        {
            throw new IOException($"{first}.");
        }

        var package = ModelTarget.Package(Folder);
        var before = ModelFile.AllNodes(ModelFile.Read(package.ModelPath).Graph).Count();
        var settings = SessionSettings.Plain with { ExecutionProviders = Providers, Optimization = Level, IsFinal = true };
        progress.Doing("optimising the model");
        using (ModelSession.Load(package.ModelPath, settings with { OptimizedPath = SavePath }))
        {
        }

        progress.Doing("seeing where its operators run");
        var after = ModelFile.AllNodes(ModelFile.Read(SavePath).Graph).Count();
        return new OptimizeFound(ExecutionProviders.Available(), before, after, Placements(settings));
    }

    private IReadOnlyList<NodePlacement> Placements(SessionSettings settings)
    {
        var temporary = Directory.CreateTempSubdirectory("model-tool-");
        try
        {
            using (var model = LoadedModel.Load(ModelTarget.Package(Folder), settings with { ProfilePath = Path.Combine(temporary.FullName, "profile") }))
            {
                using var batch = model.RentBatch();
                Instances.For(model, DataPath, Sequence).Fill(batch, 1);
                batch.Run(CancellationToken.None);
            }

            return NodePlacement.Read(temporary.EnumerateFiles("profile*.json").Single().FullName);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }
}
