using System.CommandLine;
using ModelTool.Measuring;
using ModelTool.Models;

namespace ModelTool.Verbs;

/// <summary><c>bench MODEL [--rows 1,8,64] [--threads 1] [--data FILE] [--json]</c></summary>
internal static class BenchVerb
{
    public static Command Create(ToolContext context)
    {
        var (model, json, sequence) = (CommonOptions.Model(), CommonOptions.Json(), CommonOptions.Sequence());
        var data = CommonOptions.Data("Instances to run, CSV or JSON lines. Default: the golden cases, else made-up inputs.");
        var rows = new Option<int[]>("--rows") { Description = "Rows of a run.", DefaultValueFactory = _ => [1, 8, 64], AllowMultipleArgumentsPerToken = true };
        var threads = new Option<int[]>("--threads") { Description = "Threads of a run.", DefaultValueFactory = _ => [1], AllowMultipleArgumentsPerToken = true };
        var seconds = new Option<double>("--seconds") { Description = "Time for each point.", DefaultValueFactory = _ => 1 };
        var command = new Command("bench", "Measures runs on this machine: p50, p99 and rows a second over batch sizes and threads, beside the SLO.") { model, rows, threads, data, sequence, seconds, json }
            .WithExamples("bench samples/intent/package", "bench bert.onnx --rows 1 16 --threads 1 2 --sequence 128");
        AtLeastOne(rows);
        AtLeastOne(threads);
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            using var target = ModelTarget.Open(arguments.GetRequiredValue(model));
            var path = arguments.GetValue(data) is { } given ? Path.GetFullPath(given) : null;
            var step = new BenchStep(target.Folder, arguments.GetRequiredValue(rows), arguments.GetRequiredValue(threads), path, arguments.GetValue(sequence), arguments.GetValue(seconds));
            var found = await context.StepAsync<BenchFound>(step, target.Given, cancellationToken);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(found);
            }
            else
            {
                Write(context, found);
            }

            return Verb.Done;
        });
    }

    internal static void AtLeastOne(Option<int[]> option) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int[]>() is { } values && Array.Exists(values, value => value < 1))
        {
            result.AddError($"{option.Name} takes whole numbers of at least 1.");
        }
    });

    private static void Write(ToolContext context, BenchFound found)
    {
        var slo = found.SloMilliseconds * 1000;
        var table = new ReportTable("rows", "threads", "p50", "p99", "rows/s", $"SLO {Figures.Duration(slo)} at p99", "runs");
        foreach (var point in found.Points)
        {
            var latency = point.Latency;
            table.Add(
                Figures.Count(point.Rows), Figures.Count(point.Threads), Figures.Duration(latency.P50Microseconds), Figures.Duration(latency.P99Microseconds), Figures.Count(point.RowsPerSecond),
                latency.P99Microseconds <= slo ? Figures.Text($"met {slo / latency.P99Microseconds:#,0.0} times over") : Figures.Text($"missed: {latency.P99Microseconds / slo:0.0} times too slow"),
                Figures.Count(latency.Runs));
        }

        table.Write(context);
        context.Answer($"Native runs of {found.Instances}; ONNX Runtime {found.OnnxRuntime}, {found.Processors} processors.");
    }
}
