using System.Diagnostics;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Configuration;
using Scoring.Features.Text;
using Scoring.Inference;
using Scoring.Repository;

namespace ModelTool.Measuring;

/// <summary>Loads a model and reads its signature from the session.</summary>
internal sealed record LoadStep(string Folder)
{
    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model");
        var before = Environment.WorkingSet;
        var started = Stopwatch.GetTimestamp();
        var package = ModelTarget.Package(Folder);
        using var session = ModelSession.Load(package.ModelPath, SessionSettings.Plain);
        return new LoadFound(
            Named(session.Signature.Inputs), Named(session.Signature.Overridable), Named(session.Signature.Outputs),
            Stopwatch.GetElapsedTime(started).TotalMilliseconds, Math.Max(0, Environment.WorkingSet - before), Tokenizers(package));
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
