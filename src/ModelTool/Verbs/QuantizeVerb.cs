using System.CommandLine;
using Google.Protobuf;
using ModelTool.Calibrating;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Packages;
using ModelTool.Quantizing;
using Scoring.Features;
using Scoring.Repository;
using Spectre.Console;

namespace ModelTool.Verbs;

/// <summary><c>quantize MODEL [--weight-only] [--per-tensor] [--exclude NAME…] [--data FILE] [--force]</c></summary>
internal static class QuantizeVerb
{
    public static Command Create(ToolContext context)
    {
        var (model, label, json, sequence) = (CommonOptions.Model(), CommonOptions.Label(), CommonOptions.Json(), CommonOptions.Sequence());
        var data = CommonOptions.Data("Rows to compare answers on; where they tell what happened, accuracy and calibration are held to limits too. Default: the golden cases, else made-up inputs.");
        var output = new Option<string?>("--out") { Description = "The new package. Default: the model's folder with -int8 at its end." };
        var weightOnly = new Option<bool>("--weight-only") { Description = "Store weights as INT8 and compute in float32: for size, where INT8 arithmetic does not pay." };
        var perTensor = new Option<bool>("--per-tensor") { Description = "One scale for each matrix instead of one for each column." };
        var exclude = new Option<string[]>("--exclude") { Description = "Names of operators, or of their outputs, that stay float32.", AllowMultipleArgumentsPerToken = true };
        var force = new Option<bool>("--force") { Description = "Quantize and measure although it is not worth beginning; the result is still kept only within the limits." };
        var latency = Bound("--latency", "Most median latency, of the original's.", 0.9);
        var agreement = Bound("--agreement", "Least share of instances with the same label.", 0.99);
        var difference = Bound("--difference", "Most root-mean-square difference of the answers, of the original's size.", 0.05);
        var accuracy = Bound("--accuracy", "Most accuracy lost on labelled rows.", 0.01);
        var ece = Bound("--ece", "Most rise of the calibration error on labelled rows.", 0.01);
        var seconds = Bound("--seconds", "Time to measure.", 3);
        var command = new Command("quantize", "INT8: kept only where it is smaller, faster on this machine, and as accurate and as calibrated as the limits say; otherwise says which of them failed and keeps the original.")
            { model, output, weightOnly, perTensor, exclude, data, label, sequence, force, latency, agreement, difference, accuracy, ece, seconds, json }
            .WithExamples("quantize bert.onnx --sequence 128", "quantize mine --data held-out.jsonl --out mine-int8", "quantize samples/intent/package --force");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            using var target = ModelTarget.Open(arguments.GetRequiredValue(model));
            var options = new QuantizationOptions(arguments.GetValue(weightOnly), !arguments.GetValue(perTensor), !QuantizationOptions.HasVnni, arguments.GetValue(exclude) ?? []);
            var bounds = new QuantizationBounds(1, arguments.GetValue(latency), arguments.GetValue(agreement), arguments.GetValue(difference), arguments.GetValue(accuracy), arguments.GetValue(ece));
            var run = new Run(context, target, options, bounds, arguments.GetValue(data) is { } path ? Path.GetFullPath(path) : null, arguments.GetValue(label), arguments.GetValue(sequence), arguments.GetValue(seconds));
            var to = arguments.GetValue(output) ?? target.Beside("int8");
            var report = await run.QuantizeAsync(to, arguments.GetValue(force), cancellationToken);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new { Package = report.Verdict == "accepted" ? to : null, Report = report });
            }
            else
            {
                Write(context, report);
            }

            return report.Verdict == "accepted" ? Verb.Done : Verb.Refused;
        });
    }

    private static Option<double> Bound(string name, string description, double otherwise) => new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static void Write(ToolContext context, QuantizationReport report)
    {
        if (report.Compared is { } compared)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumns("", "found", "limit", "");
            foreach (var limit in report.Limits)
            {
                table.AddRow(limit.Name, Figures.Text($"{limit.Found:0.0000}"), Figures.Text($"{limit.Bound:0.####}"), limit.Kept ? "kept" : "failed");
            }

            context.Out.Write(table);
            context.Answer(Figures.Text(
                $"{report.Bytes:#,0} bytes became {report.QuantizedBytes:#,0}; p50 {Figures.Duration(compared.Original.P50Microseconds)} became {Figures.Duration(compared.Changed.P50Microseconds)}; {compared.Compared} instances of {compared.Instances} compared."));
            context.Answer($"{report.Plan.Products} matrix products and {report.Plan.Tables} tables became INT8; the runtime fused {compared.FusedProducts} products.{(report.Plan.Left.Count == 0 ? "" : $" Left: {string.Join("; ", report.Plan.Left)}.")}");
        }

        context.Answer(report.Sentence);
    }

    private sealed record Run(ToolContext Context, ModelTarget Target, QuantizationOptions Options, QuantizationBounds Bounds, string? Data, string? Label, int Sequence, double Seconds)
    {
        public async Task<QuantizationReport> QuantizeAsync(string to, bool force, CancellationToken cancellationToken)
        {
            var proto = ModelFile.Read(Target.ModelPath);
            var (before, plan) = (new FileInfo(Target.ModelPath).Length, ModelQuantizer.Rewrite(proto, Options));
            var bytes = proto.ToByteArray();
            var work = await Context.StepAsync<WorkFound>(new WorkStep(Target.Folder, Data, Sequence, Seconds, Math.Max(1, plan.AddedOperators)), Target.Given, cancellationToken);
            if (plan.Products + plan.Tables == 0)
            {
                return new("declined", "Declined: no matrix product with a constant float32 matrix, and no table: there is nothing that INT8 could replace.", before, before, plan, work, null, []);
            }

            if (!force && QuantizationReport.ReasonToDecline(plan, Options, before, bytes.Length, work) is { } reason)
            {
                return new("declined", $"Declined before it began: {reason}. The original stays. To see it measured: --force", before, bytes.Length, plan, work, null, []);
            }

            using var copy = PackageCopy.For(Target.Folder, to, _ => { });
            await File.WriteAllBytesAsync(Path.Combine(copy.Folder, ModelPackage.ModelFile), bytes, cancellationToken);
            var compared = await Context.StepAsync<CompareFound>(new CompareStep(Target.Folder, copy.Folder, Data, Sequence, Seconds), Target.Given, cancellationToken);
            var limits = QuantizationReport.Judge(Options, Bounds, (double)bytes.Length / before, compared, await LabelledAsync(copy.Folder, cancellationToken));
            var failed = limits.Where(limit => !limit.Kept).Select(limit => Figures.Text($"{limit.Name} {limit.Found:0.0000}, limit {limit.Bound:0.####}")).ToList();
            if (failed.Count > 0)
            {
                var smaller = !Options.WeightOnly && bytes.Length < before ? " For size alone: --weight-only" : "";
                return new("rejected", $"Rejected: {string.Join("; ", failed)}. The original stays, nothing was written.{smaller}", before, bytes.Length, plan, work, compared, limits);
            }

            await Context.StepAsync<GoldenFound>(new GoldenStep(copy.Folder), to, cancellationToken);
            copy.MoveTo(to);
            return new("accepted", $"Accepted: {to} is the new package.", before, bytes.Length, plan, work, compared, limits);
        }

        private async Task<(CalibrationQuality Original, CalibrationQuality Quantized)?> LabelledAsync(string quantized, CancellationToken cancellationToken)
        {
            if (Data is null || ModelConfigReader.ReadFile(ModelTarget.Package(Target.Folder).ConfigPath) is not { Task: ModelTask.Classification } config)
            {
                return null;
            }

            return (await QualityAsync(Target.Folder), await QualityAsync(quantized));

            async Task<CalibrationQuality> QualityAsync(string folder)
            {
                var rows = (await Context.StepAsync<PredictFound>(new PredictStep(folder, Data, Label), Target.Given, cancellationToken)).ToRows();
                return CalibrationQuality.Of(config.Calibration is { } calibration ? CalibrationFit.Apply(calibration, rows) : rows);
            }
        }
    }
}
