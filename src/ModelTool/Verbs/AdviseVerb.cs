using System.CommandLine;
using ModelTool.Advising;
using ModelTool.Calibrating;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Configuration;
using Scoring.Features;

namespace ModelTool.Verbs;

/// <summary><c>advise PACKAGE [--data FILE] [--traffic RPS] [--slo MS] [--price P] [--effort E]</c></summary>
internal static class AdviseVerb
{
    public static Command Create(ToolContext context)
    {
        var (package, label, json, sequence) = (CommonOptions.Model(), CommonOptions.Label(), CommonOptions.Json(), CommonOptions.Sequence());
        var data = CommonOptions.Data("Rows to run; where they tell what happened to a classification, they are for the calibration rule too. Default: the golden cases or made-up inputs, and that rule is not asked.");
        var slo = new Option<double?>("--slo") { Description = "The latency promised, in milliseconds. Default: sloMilliseconds of model.json, else 50." };
        var traffic = Number("--traffic", "Requests a second, on average.", 1);
        var price = Number("--price", "Of a gigabyte-second, in your currency; about what a serverless plan charges on demand.", 0.000026);
        var memory = Number("--memory", "Gigabytes of an instance.", 2);
        var latePrice = Number("--late-price", "What one request beyond the SLO costs you.", 0.01);
        var effort = Number("--effort", "What one optimisation costs: a day's work.", 800);
        var threshold = Number("--threshold", "The expected calibration error that is good enough.", CalibrateVerb.Threshold);
        var seconds = Number("--seconds", "Time to measure.", 2);
        var command = new Command("advise", "The verdict: stop, or the one thing to do next. Calibration first where it is worse than the threshold; then three reasons to stop, measured here: the SLO is met, the saving of a year is below the cost, the time is overhead rather than arithmetic.")
            { package, data, label, slo, traffic, price, memory, latePrice, effort, threshold, sequence, seconds, json }
            .WithExamples("advise samples/intent/package --data sessions.csv --label Revenue", "advise bert.onnx --slo 5 --traffic 20", "advise bert.onnx --slo 5 --traffic 0.00001");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            using var target = ModelTarget.Open(arguments.GetRequiredValue(package));
            var config = ModelConfigReader.ReadFile(ModelTarget.Package(target.Folder).ConfigPath);
            var rows = arguments.GetValue(data) is { } file ? Path.GetFullPath(file) : null;
            var work = await context.StepAsync<WorkFound>(new WorkStep(target.Folder, rows, arguments.GetValue(sequence), arguments.GetValue(seconds), 1), target.Given, cancellationToken);
            var hasProbabilities = config.Task == ModelTask.Classification;
            var calibration = rows is not null && hasProbabilities
                ? CalibrationReport.Of(
                    await context.StepAsync<PredictFound>(new PredictStep(target.Folder, rows, arguments.GetValue(label)), target.Given, cancellationToken),
                    config, arguments.GetValue(threshold))
                : null;
            var economics = new Economics(arguments.GetValue(traffic), arguments.GetValue(price), arguments.GetValue(memory), arguments.GetValue(latePrice), arguments.GetValue(effort));
            var advice = Advice.On(work, calibration, TimeSpan.FromMilliseconds(arguments.GetValue(slo) ?? work.SloMilliseconds), economics, hasProbabilities);
            var given = $"{Option("--data", arguments.GetValue(data))}{Option("--label", arguments.GetValue(label))}";
            var next = advice.Next(target.Given, given, arguments.GetValue(sequence));
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("verdict", advice.Verdict).With("sentence", advice.Sentence).With("next", next).With("rules", advice.Rules)
                    .With("work", work).With("economics", economics).With("calibration", calibration));
                return Verb.Done;
            }

            var table = new ReportTable("rule", "says", "figures");
            foreach (var rule in advice.Rules)
            {
                table.Add(rule.Name, rule.Stops switch { null => "not asked", true when rule == advice.Rules[0] => "trust it", true => "stop", false when rule == advice.Rules[0] => "calibrate", _ => "go on" }, rule.Figures);
            }

            table.Write(context);
            context.Answer(advice.Sentence);
            context.Answer($"Next: {next}");
            return Verb.Done;
        });
    }

    private static string Option(string name, string? value) => value is null ? "" : $" {name} {Advice.Quoted(value)}";

    private static Option<double> Number(string name, string description, double otherwise)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and < double.PositiveInfinity))
            {
                result.AddError($"{name} takes a number of at least 0.");
            }
        });
        return option;
    }
}
