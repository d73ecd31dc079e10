using System.CommandLine;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Quantizing;

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
        var isStatic = new Option<bool>("--static") { Description = "Ranges of inputs from the rows of --data, both sides signed (QDQ, S8S8). With --dynamic as well, both are tried and the faster one is kept. Not tried unasked: in encoders the runtime fuses only some of such products, and the rest are slower than float32." };
        var dynamic = new Option<bool>("--dynamic") { Description = "Ranges of inputs from each run alone. The default." };
        var sensitive = new Option<bool>("--sensitive") { Description = "Where answers are too far off, leave out the operators that move them most, found one by one." };
        var perTensor = new Option<bool>("--per-tensor") { Description = "One scale for each matrix instead of one for each column." };
        var exclude = new Option<string[]>("--exclude") { Description = "Names of operators, or of their outputs, that stay float32.", AllowMultipleArgumentsPerToken = true };
        var force = new Option<bool>("--force") { Description = "Quantize and measure although it is not worth beginning; the result is still kept only within the limits." };
        var latency = Bound("--latency", "Most median latency, of the original's.", 0.9);
        var agreement = Bound("--agreement", "Least share of instances with the same label.", 0.99);
        var difference = Bound("--difference", "Most error of numbers: root mean square, beside how far the original's answers spread over the rows; of probabilities, and of one row, beside their size. 0.05 of the spread is a four-hundredth of the variance.", 0.05);
        var cosine = Bound("--cosine", "Least mean cosine of embeddings (vectors of 8 numbers or more): INT8 of sound encoders keeps 0.99 and more; 0.98 is 11 degrees.", 0.98);
        var neighbours = Bound("--neighbours", "Least agreement on the nearest neighbour and on the ten nearest among the rows, of which it takes 30: all but equal ones change places without loss, so it is not 1.", 0.8);
        var accuracy = Bound("--accuracy", "Most accuracy lost on labelled rows.", 0.01);
        var logLoss = Bound("--log-loss", "Most rise of the log loss on labelled rows: 0.02 makes what happened a fiftieth less probable.", 0.02);
        var ece = Bound("--ece", "Most rise of the calibration error on labelled rows.", 0.01);
        var seconds = Bound("--seconds", "Time to measure.", 3);
        var command = new Command("quantize", "INT8: kept only where it is smaller, faster on this machine, and as accurate and as calibrated as the limits say; otherwise says which of them failed and keeps the original.")
            { model, output, weightOnly, dynamic, isStatic, perTensor, exclude, sensitive, data, label, sequence, force, latency, agreement, difference, cosine, neighbours, accuracy, logLoss, ece, seconds, json }
            .WithExamples("quantize bert.onnx --sequence 128", "quantize mine --data held-out.jsonl --out mine-int8", "quantize mine --data held-out.jsonl --static --sensitive", "quantize samples/intent/package --force");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            using var target = ModelTarget.Open(arguments.GetRequiredValue(model));
            var rows = new MeasuredRows(arguments.GetValue(data) is { } path ? Path.GetFullPath(path) : null, arguments.GetValue(label), arguments.GetValue(sequence), arguments.GetValue(seconds));
            var modes = Modes(arguments.GetValue(weightOnly), arguments.GetValue(dynamic), arguments.GetValue(isStatic), rows.Path is not null);
            var options = new QuantizationOptions(modes[0], !arguments.GetValue(perTensor), !QuantizationOptions.HasVnni, arguments.GetValue(exclude) ?? []);
            var bounds = new QuantizationBounds(1, arguments.GetValue(latency), arguments.GetValue(agreement), arguments.GetValue(difference), arguments.GetValue(accuracy), arguments.GetValue(ece)) { LogLossRisen = arguments.GetValue(logLoss), Cosine = arguments.GetValue(cosine), Neighbours = arguments.GetValue(neighbours) };
            var run = new QuantizationRun(context, target, modes, options, bounds, rows, arguments.GetValue(sensitive));
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

    internal static Option<double> Bound(string name, string description, double otherwise) => new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static void Write(ToolContext context, QuantizationReport report)
    {
        foreach (var attempt in report.Attempts)
        {
            if (report.Attempts.Count > 1)
            {
                context.Answer($"INT8, {attempt.Mode.ToString().ToLowerInvariant()}:");
            }

            Write(context, report.Bytes, attempt);
        }

        context.Answer(report.Sentence);
    }

    private static void Write(ToolContext context, long bytes, QuantizationAttempt attempt)
    {
        var (compared, plan) = (attempt.Compared, attempt.Plan);
        LimitTable.Write(context, attempt.Limits);
        context.Answer(Figures.Text(
            $"{bytes:#,0} bytes became {attempt.QuantizedBytes:#,0}; p50 {Figures.Duration(compared.Original.P50Microseconds)} became {Figures.Duration(compared.Changed.P50Microseconds)}; {compared.Compared} instances of {compared.Instances} compared."));
        context.Answer($"{plan.Products} matrix products and {plan.Tables} tables became INT8; the runtime fused {compared.FusedProducts} products.{(plan.Left.Count == 0 ? "" : $" Left: {string.Join("; ", plan.Left)}.")}");
    }

    private static QuantizationMode[] Modes(bool weightOnly, bool isDynamic, bool isStatic, bool hasRows) => (weightOnly, isDynamic, isStatic) switch
    {
        (true, false, false) => [QuantizationMode.WeightOnly],
        (false, true, false) => [QuantizationMode.Dynamic],
        (false, _, true) when !hasRows => throw new FormatException("--static needs rows to take ranges from: --data FILE"),
        (false, false, true) => [QuantizationMode.Static],
        (false, true, true) => [QuantizationMode.Dynamic, QuantizationMode.Static],
        (false, _, false) => [QuantizationMode.Dynamic],
        _ => throw new FormatException("--weight-only goes without --dynamic and --static."),
    };
}
