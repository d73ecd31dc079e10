using System.CommandLine;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using ModelTool.Optimizing;
using ModelTool.Packages;
using ModelTool.Quantizing;
using Scoring.Configuration;
using Scoring.Inference;

namespace ModelTool.Verbs;

/// <summary><c>optimize MODEL [--target portable|here] [--provider NAMES] [--out FOLDER]</c></summary>
internal static class OptimizeVerb
{
    // Rewritten graphs add in another order, and no more than that.
    private const double Difference = 1e-4;

    public static Command Create(ToolContext context)
    {
        var (model, json, sequence) = (CommonOptions.Model(), CommonOptions.Json(), CommonOptions.Sequence());
        var data = CommonOptions.Data("Instances to compare answers on. Default: the golden cases, else made-up inputs.");
        var output = new Option<string?>("--out") { Description = "The new package. Default: the model's folder with -optimized at its end." };
        var target = new Option<string>("--target") { Description = "portable: for any processor that runs this ONNX Runtime; here: for processors like this one alone.", DefaultValueFactory = _ => "portable" };
        target.AcceptOnlyFromAmong("portable", "here");
        var provider = CommonOptions.Provider();
        var load = new Option<double>("--load") { Description = "Most median time to load, of the original's.", DefaultValueFactory = _ => 0.9 };
        var latency = new Option<double>("--latency") { Description = "Most median latency, of the original's.", DefaultValueFactory = _ => 1.1 };
        var seconds = new Option<double>("--seconds") { Description = "Time for each measurement.", DefaultValueFactory = _ => 2 };
        var command = new Command("optimize", "Saves the graph as ONNX Runtime optimises it, so that loading need not do it again: kept only where it loads faster and answers alike. Tells which execution providers are here and where each operator runs.")
            { model, target, provider, data, sequence, output, load, latency, seconds, json }
            .WithExamples("optimize bert.onnx --sequence 128", "optimize mine --target here", "optimize mine --provider openvino,cpu");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            using var opened = ModelTarget.Open(arguments.GetRequiredValue(model));
            var path = arguments.GetValue(data) is { } given ? Path.GetFullPath(given) : null;
            var level = arguments.GetRequiredValue(target) == "here" ? GraphOptimization.All : GraphOptimization.Extended;
            var providers = CommonOptions.Providers(arguments.GetRequiredValue(provider));
            var to = arguments.GetValue(output) ?? opened.Beside("optimized");
            var rows = new MeasuredRows(path, null, arguments.GetValue(sequence), arguments.GetValue(seconds));

            using var saved = new TemporaryModel();
            var found = await context.StepAsync<OptimizeFound>(new OptimizeStep(opened.Folder, saved.Path, level, providers, rows.Path, rows.Sequence), opened.Given, cancellationToken);
            using var copy = PackageCopy.For(opened.Folder, to, node =>
            {
                var session = node["session"] as System.Text.Json.Nodes.JsonObject ?? [];
                session["optimization"] = "none";
                node["session"] = session;
            });
            copy.ReplaceModel(await File.ReadAllBytesAsync(saved.Path, cancellationToken));
            var times = await context.StepAsync<LoadTimesFound>(new LoadTimesStep(opened.Folder, copy.Folder, rows.Seconds), opened.Given, cancellationToken);
            var compared = await context.StepAsync<CompareFound>(new CompareStep(opened.Folder, copy.Folder, rows.Path, rows.Sequence, rows.Seconds), opened.Given, cancellationToken);
            Limit[] limits =
            [
                Limit.AtMost("median time to load, of the original's", times.Ratio, arguments.GetValue(load)),
                Limit.AtMost("median latency, of the original's", compared.LatencyRatio, arguments.GetValue(latency)),
                .. AnswerLimits.Alike(compared, 1, Difference),
            ];
            var isKept = limits.All(limit => limit.Kept);
            if (isKept)
            {
                await context.StepAsync<GoldenFound>(new GoldenStep(copy.Folder), to, cancellationToken);
                copy.MoveTo(to);
            }

            var report = new OptimizeReport(isKept ? "accepted" : "rejected", isKept
                ? $"Accepted: {to} is the new package; its model.json asks for a session that optimises nothing more."
                : $"Rejected: {string.Join("; ", limits.Where(limit => !limit.Kept).Select(limit => Figures.Text($"{limit.Name} {limit.Found:0.####}, limit {limit.Bound:0.####}")))}. The original stays, nothing was written.",
                found, times, compared, limits);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("package", isKept ? to : null).With("report", report));
            }
            else
            {
                Write(context, report, providers[0]);
            }

            return isKept ? Verb.Done : Verb.Refused;
        });
    }

    private static void Write(ToolContext context, OptimizeReport report, string preferred)
    {
        var (found, first) = (report.Found, ExecutionProviders.NativeName(preferred));
        context.Answer($"Execution providers here: {string.Join(", ", found.Available)}. {found.OperatorsBefore} operators became {found.OperatorsAfter}.");
        var table = new ReportTable("runs on", "operators", "");
        foreach (var group in found.Nodes.GroupBy(node => node.Provider).OrderByDescending(group => group.Key == first))
        {
            table.Add(group.Key, Figures.Count(group.Count()), $"{(group.Key == first ? "" : "fallback: ")}{string.Join(", ", group.GroupBy(node => node.Operator).Select(uses => $"{uses.Key} {uses.Count()}"))}");
        }

        table.Write(context);
        LimitTable.Write(context, report.Limits);
        context.Answer(Figures.Text($"Loading {report.Load.OriginalMilliseconds:0.0} ms became {report.Load.ChangedMilliseconds:0.0} ms; {report.Compared.Compared} instances of {report.Compared.Instances} compared."));
        context.Answer(report.Sentence);
    }
}
