using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using ModelTool.Models;
using ModelTool.Native;
using Scoring;
using Scoring.Configuration;
using Scoring.Features.Text;
using Scoring.Inference;
using Scoring.Repository;
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
        var package = ModelTarget.Package(Folder);
        using var session = ModelSession.Load(package.ModelPath, settings);
        var (elapsed, bytes) = (Stopwatch.GetElapsedTime(started), Math.Max(0, Environment.WorkingSet - before));
        return new LoadFound(
            Named(session.Signature.Inputs), Named(session.Signature.Overridable), Named(session.Signature.Outputs), elapsed.TotalMilliseconds, bytes, Tokenizers(package), Place(package, settings));
    }

    // A model that does not serve, for a wrong model.json say, has its signature all the same.
    private static IReadOnlyList<NodePlacement> Place(ModelPackage package, SessionSettings settings)
    {
        try
        {
            using var model = LoadedModel.Load(package, settings with { TracesPlacement = true });
            model.WarmUp();
            return model.Placement;
        }
        catch (Exception exception) when (exception is ScoringException or OnnxRuntimeException or IOException)
        {
            return [];
        }
    }

    private static NamedValue[] Tokenizers(ModelPackage package)
        => [.. ModelConfigReader.ReadFile(package.ConfigPath).Features.OfType<TextFeature>().Where(text => text.Tokenizer is not null).Select(text => new NamedValue(text.Name, Tokenizer(text, package.Directory)))];

    private static string Tokenizer(TextFeature text, string directory)
    {
        try
        {
            return TextTokenizers.Load(text.Tokenizer!, directory).Kind;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return $"does not load: {exception.Message}";
        }
    }

    private static NamedValue[] Named(IReadOnlyList<ValueSpec> values) => [.. values.Select(value => new NamedValue(value.Name, value.ToString()))];
}
