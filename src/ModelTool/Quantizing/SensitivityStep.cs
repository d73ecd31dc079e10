using ModelTool.Data;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using ModelTool.Packages;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Quantizing;

/// <summary>How far each product or table moves the answers when it alone is INT8.</summary>
/// <param name="Names">Those to try.</param>
internal sealed record SensitivityStep(string Folder, QuantizationOptions Options, IReadOnlyList<string> Names, string? DataPath, int Sequence)
{
    private const int MaxInstances = 50;

    public object Run(StepProgress progress)
    {
        progress.Doing("loading the original");
        using var original = LoadedModel.Load(ModelTarget.Package(Folder), SessionSettings.Plain);
        var whole = ModelFile.ReadWhole(ModelTarget.Package(Folder).ModelPath);
        var differences = new Dictionary<string, double>();
        foreach (var name in Names)
        {
            progress.Doing($"trying '{name}' alone as INT8");
            var model = whole.Clone();
            ModelQuantizer.Rewrite(model, Options with { Exclude = [.. Options.Exclude, .. Names.Where(other => other != name)] });
            using var copy = PackageCopy.Temporary(Folder, _ => { });
            copy.ReplaceModel(ExternalWeights.Write(model));
            using var changed = LoadedModel.Load(ModelTarget.Package(copy.Folder), SessionSettings.Plain);
            var found = AnswerComparison.Of(original, changed, Instances.For(original, DataPath, Sequence), Instances.For(changed, DataPath, Sequence), MaxInstances);
            differences[name] = found.Difference;
        }

        return differences;
    }
}
