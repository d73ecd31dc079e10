using System.CommandLine;
using System.Text.Json.Nodes;
using ModelTool.Calibrating;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using ModelTool.Packages;
using Scoring.Configuration;
using Scoring.Features;

namespace ModelTool.Verbs;

/// <summary><c>calibrate PACKAGE --data FILE [--label COLUMN] [--min-precision SHARE] [--out FOLDER]</c>, <c>calibrate PACKAGE --drop</c>, <c>calibrate NAME --outcomes [--since 7d]</c></summary>
internal static class CalibrateVerb
{
    /// <inheritdoc cref="ModelConfig.UsualCalibrationError"/>
    public const double Threshold = ModelConfig.UsualCalibrationError;

    public static Command Create(ToolContext context)
    {
        var (package, label, json) = (CommonOptions.Package(), CommonOptions.Label(), CommonOptions.Json());
        package.Description = "A package: a folder with model.onnx and what belongs to it. With --outcomes the name of a model in the repository.";
        var data = CommonOptions.Data("Rows with what happened: CSV with a header, or JSON lines. Best rows that the model was not trained on.");
        var drop = new Option<bool>("--drop") { Description = "Write a package without the calibration in model.json, where that makes probabilities worse; nothing is fitted." };
        var output = new Option<string?>("--out") { Description = "The new package. Default: the package's folder with -calibrated at its end." };
        var threshold = new Option<double?>("--threshold") { Description = "The expected calibration error that is good enough. Default: 0.05; with --outcomes, what the package says." };
        var outcomes = new Option<bool>("--outcomes") { Description = "Fit the live version to the outcomes that were told of it: to the older part, judged by the newer. Publishes the same model with the new calibration as its next version, unless nothing need be done." };
        var since = new Option<string>("--since") { Description = "With --outcomes: predictions at most so old, such as 12h or 30d.", DefaultValueFactory = _ => "7d" };
        var sign = new Option<string?>("--sign") { Description = "With --outcomes: a private key, as keygen makes it, to sign the new version with." };
        var noLive = new Option<bool>("--no-live") { Description = "With --outcomes: upload only; the live version stays." };
        var precision = new Option<double?>("--min-precision") { Description = "The share of named labels that are to be right, above 0 and below 1: writes the minProbability into model.json below which no label is named." };
        var command = new Command("calibrate", "Makes probabilities agree with frequencies: temperature, Platt, vector or isotonic, by cross-validated log loss; writes a new package and a reliability diagram. Says so where nothing need be done.")
            { package, data, label, drop, output, threshold, precision, outcomes, since, sign, noLive, json }
            .WithExamples("calibrate samples/intent/package --data sessions.csv --label Revenue", "calibrate mine --data held-out.jsonl --out mine-2 --threshold 0.02", "calibrate mine --data held-out.jsonl --min-precision 0.95", "calibrate intent --outcomes --since 30d");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            if (arguments.GetValue(outcomes))
            {
                if (arguments.GetValue(drop) || arguments.GetValue(data) is not null || arguments.GetValue(label) is not null || arguments.GetValue(output) is not null || arguments.GetValue(precision) is not null)
                {
                    throw new FormatException("--outcomes calibrates a model of the repository by what came true: it goes with --since, --threshold, --sign, --no-live and --json alone.");
                }

                using var signer = arguments.GetValue(sign) is { } signKey ? Keys.Private(signKey) : null;
                return await new CalibrateByOutcomes(context, arguments)
                {
                    Model = arguments.GetRequiredValue(package),
                    Since = CommonOptions.Age("--since", arguments.GetRequiredValue(since)),
                    Threshold = arguments.GetValue(threshold),
                    MakeLive = !arguments.GetValue(noLive),
                    SignWith = signer,
                    IsJson = arguments.GetValue(json),
                }.RunAsync(cancellationToken);
            }

            using var target = ModelTarget.Open(arguments.GetRequiredValue(package));
            var to = arguments.GetValue(output) ?? target.Beside("calibrated");
            var config = ModelConfigReader.ReadFile(ModelTarget.Package(target.Folder).ConfigPath);
            if (arguments.GetValue(drop))
            {
                return await DropAsync(context, target, config, to, arguments.GetValue(json), cancellationToken);
            }

            var rows = arguments.GetValue(data) ?? throw new FormatException("To fit a calibration takes rows with what happened: --data FILE");
            var step = new PredictStep(target.Folder, Path.GetFullPath(rows), arguments.GetValue(label));
            var found = await context.StepAsync<PredictFound>(step, target.Given, cancellationToken);
            var report = CalibrationReport.Of(found, config, arguments.GetValue(threshold) ?? Threshold);
            var reject = arguments.GetValue(precision) is { } wanted
                ? RejectChoice.Of(report.RowsAfter, wanted is > 0 and < 1 ? wanted : throw new FormatException(Figures.Text($"--min-precision {wanted}: expected a share above 0 and below 1.")))
                : null;
            var changes = report.Fitted is not null || Changes(reject, config);
            if (changes)
            {
                using var copy = PackageCopy.For(target.Folder, to, node => Edit(node, report.Fitted, reject));
                if (report.Fitted is not null)
                {
                    await File.WriteAllTextAsync(Path.Combine(copy.Folder, "reliability.svg"), ReliabilityDiagram.Draw(report.RowsBefore, report.RowsAfter, $"{target.Given}: {report.Rows} rows"), cancellationToken);
                }

                await context.StepAsync<GoldenFound>(new GoldenStep(copy.Folder), to, cancellationToken);
                copy.MoveTo(to);
            }

            if (arguments.GetValue(json))
            {
                var verdict = report.Fitted is not null ? "calibrated" : report.NeedsCalibration ? "nothingHelps" : "nothingToDo";
                context.AnswerJson(new JsonParts().With("verdict", verdict).With("package", changes ? to : null).With("report", report).With("reject", reject));
            }
            else
            {
                Write(context, report, found, to, changes);
                Write(context, reject, changes && report.Fitted is null ? to : null);
            }

            return report is { NeedsCalibration: true, Fitted: null } || reject is { MinProbability: null } ? Verb.Refused : Verb.Done;
        });
    }

    private static bool Changes(RejectChoice? reject, ModelConfig config) => reject is { MinProbability: { } least } && least != (config.MinProbability ?? 0);

    private static void Edit(JsonObject node, CalibrationConfig? fitted, RejectChoice? reject)
    {
        if (fitted is not null)
        {
            node["calibration"] = CalibrationNode.From(fitted);
        }

        if (reject?.MinProbability is 0)
        {
            node.Remove("minProbability");
        }
        else if (reject?.MinProbability is { } least)
        {
            node["minProbability"] = least;
        }
    }

    private static void Write(ToolContext context, RejectChoice? reject, string? to)
    {
        switch (reject)
        {
            case null:
                return;
            case { MinProbability: null }:
                context.Answer(Figures.Text($"No probability makes {reject.WantedPrecision:0.####} of the labels right: not even the surest are. minProbability was left as it is."));
                return;
            case { MinProbability: 0 }:
                context.Answer(Figures.Text($"Nothing need be rejected: {reject.Accuracy:0.0000} of all labels are right, and {reject.WantedPrecision:0.####} are wanted."));
                break;
            default:
                context.Answer(Figures.Text($"Below a probability of {reject.MinProbability:0.########} no label is named: on rows by which that was not chosen, a label is named for {reject.Coverage:0.0000} and {reject.Precision:0.0000} of them are right (95 %: {reject.PrecisionLow:0.0000} to {reject.PrecisionHigh:0.0000}; {reject.Accuracy:0.0000} where one is always named)."));
                break;
        }

        if (to is not null)
        {
            context.Answer($"{to} is the new package.");
        }
    }

    private static async Task<int> DropAsync(ToolContext context, ModelTarget target, ModelConfig config, string to, bool isJson, CancellationToken cancellationToken)
    {
        if (config.Calibration is null)
        {
            throw new FormatException($"{target.Given} has no calibration in its model.json: there is nothing to drop.");
        }

        using var copy = PackageCopy.For(target.Folder, to, node => node.Remove("calibration"));
        await context.StepAsync<GoldenFound>(new GoldenStep(copy.Folder), to, cancellationToken);
        copy.MoveTo(to);
        if (isJson)
        {
            context.AnswerJson(new JsonParts().With("verdict", "dropped").With("package", to));
        }
        else
        {
            context.Answer($"Dropped: {to} is the new package, without a calibration.");
        }

        return Verb.Done;
    }

    private static void Write(ToolContext context, CalibrationReport report, PredictFound found, string to, bool isWritten)
    {
        var table = new ReportTable("", "before", "after (cross-validated)");
        Row("ECE, 15 bins of equal width", quality => Figures.Text($"{quality.Ece:0.0000} (95 %: {quality.EceLow:0.0000} to {quality.EceHigh:0.0000})"));
        Row("says less comes true", quality => Figures.Text($"{quality.Gap:+0.0000;-0.0000}"));
        Row("ECE, 15 bins of equal mass", quality => Figures.Text($"{quality.EceEqualMass:0.0000}"));
        Row("Brier score", quality => Figures.Text($"{quality.Brier:0.0000}"));
        Row("log loss", quality => Figures.Text($"{quality.LogLoss:0.0000}"));
        Row("accuracy", quality => Figures.Text($"{quality.Accuracy:0.0000}"));
        table.Write(context);
        if (report.Trials.Count > 0)
        {
            var trials = new ReportTable("method", "cross-validated log loss", "gain per row");
            foreach (var trial in report.Trials)
            {
                trials.Add(trial.Method?.ToString().ToLowerInvariant() ?? (report.Without is null ? "none: before" : "none: before, without the package's calibration"), Figures.Text($"{trial.LogLoss:0.0000}"), Figures.Text($"{trial.Gain:0.0000} ± {trial.GainError:0.0000}"));
            }

            trials.Write(context);
        }

        context.Answer($"{Figures.Count(report.Rows)} rows, labels from the column {report.LabelColumn}.{(report.Refused == 0 ? "" : $" {Figures.Count(report.Refused)} rows were left out, the first: {found.FirstRefused}.")}");
        if (report.NeedsCalibration)
        {
            context.Answer($"{char.ToUpperInvariant(report.Before.Direction[0])}{report.Before.Direction[1..]}.");
        }

        if (report.IsBetterWithout)
        {
            context.Answer(Figures.Text($"First drop the package's calibration, which is wrong (--drop): without it ECE is {report.Without!.Ece:0.0000} ({report.Without.Gap:+0.0000;-0.0000}), with it {report.Before.Ece:0.0000} ({report.Before.Gap:+0.0000;-0.0000})."));
        }

        context.Answer(report switch
        {
            { Fitted: not null } => $"Calibrated by {report.Chosen!.Value.ToString().ToLowerInvariant()}: {to} is the new package, with reliability.svg in it.",
            { NeedsCalibration: true } => Figures.Text($"ECE {report.Before.Ece:0.0000} is above {report.Threshold:0.####}, but no method lowers the log loss on rows that it was not fitted to.{(isWritten ? " It takes" : " Nothing was written:")} more rows, or a better model."),
            _ => Figures.Text($"Nothing need be done: ECE {report.Before.Ece:0.0000} is within {report.Threshold:0.####}.{(isWritten ? "" : " Nothing was written.")}"),
        });

        void Row(string name, Func<CalibrationQuality, string> text) => table.Add(name, text(report.Before), report.Fitted is null ? "" : text(report.After));
    }
}
