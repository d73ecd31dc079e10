using System.Diagnostics;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Inference;

namespace ModelTool.Measuring;

/// <summary>Loads a model and reads its signature from the session.</summary>
internal sealed record LoadStep(string Folder)
{
    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model");
        var before = Environment.WorkingSet;
        var started = Stopwatch.GetTimestamp();
        using var session = ModelSession.Load(ModelTarget.Package(Folder).ModelPath, SessionSettings.Plain);
        return new LoadFound(
            Named(session.Signature.Inputs), Named(session.Signature.Overridable), Named(session.Signature.Outputs),
            Stopwatch.GetElapsedTime(started).TotalMilliseconds, Math.Max(0, Environment.WorkingSet - before));
    }

    private static NamedValue[] Named(IReadOnlyList<ValueSpec> values) => [.. values.Select(value => new NamedValue(value.Name, value.ToString()))];
}
