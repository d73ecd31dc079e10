using System.CommandLine;
using ModelTool.Baselines;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using ModelTool.Packages;
using Scoring.Configuration;
using Scoring.Features;

namespace ModelTool.Verbs;

/// <summary><c>baseline PACKAGE --data FILE [--out FOLDER]</c></summary>
internal static class BaselineVerb
{
    public static Command Create(ToolContext context)
    {
        var (package, json) = (CommonOptions.Package(), CommonOptions.Json());
        var data = CommonOptions.Data("Rows that stand for what the model is made for: CSV with a header, or JSON lines. Best rows that it was not trained on; labels are not needed.");
        data.Required = true;
        var output = new Option<string?>("--out") { Description = "The new package. Default: the package's folder with -baseline at its end." };
        var command = new Command("baseline", "Writes into model.json how features and confidence are spread in some rows. A server then counts the rows of requests by the same bins, and tells how far they are from these: GET /api/models/NAME/drift.")
            { package, data, output, json }
            .WithExamples("baseline samples/intent/package --data sessions.csv", "baseline mine --data held-out.jsonl --out mine-2");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            using var target = ModelTarget.Open(arguments.GetRequiredValue(package));
            var to = arguments.GetValue(output) ?? target.Beside("baseline");
            var found = await context.StepAsync<BaselineFound>(new BaselineStep(target.Folder, Path.GetFullPath(arguments.GetValue(data)!)), target.Given, cancellationToken);
            using var copy = PackageCopy.For(target.Folder, to, found.Write);
            await context.StepAsync<GoldenFound>(new GoldenStep(copy.Folder), to, cancellationToken);
            copy.MoveTo(to);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("package", to).With("rows", found.Rows).With("refused", found.Refused).With("firstRefused", found.FirstRefused)
                    .With("leftOut", found.LeftOut).With("features", found.Features));
            }
            else
            {
                Write(context, found, to);
            }

            return Verb.Done;
        });
    }

    private static void Write(ToolContext context, BaselineFound found, string to)
    {
        var table = new ReportTable("feature", "bins", "fullest bin", "share", "missing");
        foreach (var feature in found.Features)
        {
            var fullest = Enumerable.Range(0, feature.Shares.Count).MaxBy(bin => feature.Shares[bin]);
            table.Add(feature.Name, Figures.Count(feature.Shares.Count), NameOf(feature, fullest), Figures.Text($"{feature.Shares[fullest]:0.0000}"), Figures.Text($"{feature.Missing:0.0000}"));
        }

        table.Write(context);
        context.Answer($"{Figures.Count(found.Rows)} rows.{(found.Refused == 0 ? "" : $" {Figures.Count(found.Refused)} rows were left out, the first: {found.FirstRefused}.")}{(found.LeftOut == 0 ? "" : $" {Figures.Count(found.LeftOut)} features were left out: {FeatureBaseline.MaxFeatures} are counted at most, and each needs a value.")}");
        context.Answer($"{to} is the new package.");
    }

    private static string NameOf(FeatureHistogram feature, int bin)
    {
        var names = FeatureBins.NamesOf(feature);
        return !feature.IsNumeric ? names[bin]
            : bin == feature.Shares.Count - 1 ? $"over {names[bin - 1]}"
            : bin == 0 ? $"up to {names[bin]}" : $"{names[bin - 1]} to {names[bin]}";
    }
}
