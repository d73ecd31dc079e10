using System.CommandLine;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using ModelTool.Tuning;
using Scoring.Configuration;
using Scoring.Features;

namespace ModelTool.Verbs;

/// <summary><c>tune PACKAGE [--slo MS] [--threads 1 2] [--rows 1 8 64] [--data FILE] [--state FILE] [--out FOLDER]</c></summary>
internal static class TuneVerb
{
    public static Command Create(ToolContext context)
    {
        var (package, json, sequence) = (CommonOptions.Model(), CommonOptions.Json(), CommonOptions.Sequence());
        var data = CommonOptions.Data("Instances to run; where they tell what happened, INT8 is held to accuracy and calibration too. Default: the golden cases, else made-up inputs.");
        var label = CommonOptions.Label();
        var output = new Option<string?>("--out") { Description = "The new package. Default: the package's folder with -tuned at its end." };
        var state = new Option<string?>("--state") { Description = "Where measurements are kept while the search runs; an interrupted one goes on from there. Default: beside the new package, ending in .tuning; removed at the end." };
        var slo = new Option<double?>("--slo") { Description = "The latency promised, in milliseconds. Default: sloMilliseconds of model.json, else 50." };
        var threads = new Option<int[]>("--threads") { Description = "Threads of a run to try. Default: powers of two up to the processors.", AllowMultipleArgumentsPerToken = true };
        var rows = new Option<int[]>("--rows") { Description = "Batch limits to try, at most the package's own.", DefaultValueFactory = _ => [1, 8, 64, 256], AllowMultipleArgumentsPerToken = true };
        var noInt8 = new Option<bool>("--no-int8") { Description = "Leave the model as it is." };
        var seconds = new Option<double>("--seconds") { Description = "Time for each setting in the first round; it doubles with each round.", DefaultValueFactory = _ => 0.2 };
        var command = new Command("tune", "The settings to serve a package with under its SLO: threads, graph optimisation, spinning, batch limit, INT8 or not, by successive halving on measured latency. Writes them into the model.json of a new package, with the Pareto front as tuning.svg.")
            { package, slo, threads, rows, noInt8, data, label, sequence, seconds, state, output, json }
            .WithExamples("tune samples/topics/package", "tune mine --slo 5 --threads 1 2 4 --rows 1 16");
        BenchVerb.AtLeastOne(threads);
        BenchVerb.AtLeastOne(rows);
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            using var target = ModelTarget.Open(arguments.GetRequiredValue(package));
            var to = arguments.GetValue(output) ?? target.Beside("tuned");
            var promised = arguments.GetValue(slo) is { } given ? TimeSpan.FromMilliseconds(given) : ModelConfigReader.ReadFile(ModelTarget.Package(target.Folder).ConfigPath).Slo;
            var measured = new MeasuredRows(arguments.GetValue(data) is { } path ? Path.GetFullPath(path) : null, arguments.GetValue(label), arguments.GetValue(sequence), arguments.GetValue(seconds));
            var counts = arguments.GetValue(threads) is { Length: > 0 } named ? named : [.. Enumerable.Range(0, 9).Select(power => 1 << power).Where(count => count <= Environment.ProcessorCount)];
            var run = new TuneRun(context, target, counts, arguments.GetRequiredValue(rows), !arguments.GetValue(noInt8), promised, measured);
            var statePath = arguments.GetValue(state) ?? $"{Path.TrimEndingDirectorySeparator(to)}.tuning";
            var report = await TuneAsync(run, to, statePath, arguments.GetValue(state) is null, cancellationToken);

            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("package", report.Verdict == "tuned" ? to : null).With("report", report));
            }
            else
            {
                Write(context, report);
            }

            return Verb.Done;
        });
    }

    // Where nobody asked for the file, it stays only after an interruption.
    private static async Task<TuneReport> TuneAsync(TuneRun run, string to, string statePath, bool isTemporary, CancellationToken cancellationToken)
    {
        try
        {
            return await run.TuneAsync(to, statePath, cancellationToken);
        }
        finally
        {
            if (isTemporary && !cancellationToken.IsCancellationRequested)
            {
                File.Delete(statePath);
            }
        }
    }

    private static void Write(ToolContext context, TuneReport report)
    {
        var table = new ReportTable("the front", "p50", "p99", "rows/s", "");
        foreach (var found in report.Front.Append(report.Now).Distinct())
        {
            var remark = found == report.Chosen ? "chosen" : found == report.Now ? "in use" : found.P99Microseconds > report.SloMilliseconds * 1000 ? "misses the SLO" : "";
            table.Add(
                found.Setting.ToString(), found.Latency is null ? "failed" : Figures.Duration(found.Latency.P50Microseconds), found.Latency is null ? "" : Figures.Duration(found.P99Microseconds),
                Figures.Count(found.Capacity), remark);
        }

        table.Write(context);
        context.Answer($"{report.All.Count} settings tried{(report.Resumed > 0 ? $", {report.Resumed} measurements taken from the search before" : "")}.{(report.Int8 is null ? "" : $" INT8 was not among them: {report.Int8}.")}");
        context.Answer(report.Sentence);
    }
}
