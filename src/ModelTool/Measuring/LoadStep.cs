using System.Diagnostics;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>Loads a model, reads its signature from the session, and sees where its operators run.</summary>
/// <param name="Providers">Short names of execution providers, in order of preference.</param>
internal sealed record LoadStep(string Folder, IReadOnlyList<string> Providers)
{
    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model");
        var settings = SessionSettings.Plain with { ExecutionProviders = Providers, IsFinal = true };
        var before = Environment.WorkingSet;
        var started = Stopwatch.GetTimestamp();
        using var session = ModelSession.Load(ModelTarget.Package(Folder).ModelPath, settings);
        var (elapsed, bytes) = (Stopwatch.GetElapsedTime(started), Math.Max(0, Environment.WorkingSet - before));
        return new LoadFound(
            Named(session.Signature.Inputs), Named(session.Signature.Overridable), Named(session.Signature.Outputs),
            elapsed.TotalMilliseconds, bytes, Place(settings));
    }

    private IReadOnlyList<NodePlacement> Place(SessionSettings settings)
    {
        using var model = LoadedModel.Load(ModelTarget.Package(Folder), settings with { TracesPlacement = true });
        model.WarmUp();
        return model.Placement;
    }

    private static NamedValue[] Named(IReadOnlyList<ValueSpec> values) => [.. values.Select(value => new NamedValue(value.Name, value.ToString()))];
}
