using System.CommandLine;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using ModelTool.Quantizing;

namespace ModelTool.Verbs;

/// <summary><c>quantize MODEL [--dynamic] [--static] [--weight-only] [--int4 32 128] [--float16] [--exclude NAME…] [--data FILE] [--force]</c></summary>
internal static class QuantizeVerb
{
    public static Command Create(ToolContext context)
    {
        var (model, label, json, sequence) = (CommonOptions.Model(), CommonOptions.Label(), CommonOptions.Json(), CommonOptions.Sequence());
        var data = CommonOptions.Data("Rows to compare answers on; where they tell what happened, accuracy and calibration are held to limits too. Default: the golden cases, else made-up inputs.");
        var output = new Option<string?>("--out") { Description = "The new package. Default: the model's folder with -int8 at its end." };
        var weightOnly = new Option<bool>("--weight-only") { Description = "Store weights as INT8 and compute in float32: for size, where INT8 arithmetic does not pay." };
        var fourBit = new Option<int[]>("--int4") { Description = "Store matrices of products in 4 bits, a scale for each block of so many numbers, 32 or 128: for size. Default: both.", AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.ZeroOrMore };
        var half = new Option<bool>("--float16") { Description = "Store constants as float16 and compute in float32: for size." };
        var isStatic = new Option<bool>("--static") { Description = "INT8 by ranges that the rows of --data show (QDQ): products and convolutions. Tried unasked where the model has convolutions and rows are given." };
        var dynamic = new Option<bool>("--dynamic") { Description = "INT8 by ranges that each run measures of its inputs: products." };
        var sensitive = new Option<bool>("--sensitive") { Description = "Where answers are too far off, leave out the operators that move them most, found one by one." };
        var perTensor = new Option<bool>("--per-tensor") { Description = "One scale for each matrix instead of one for each column." };
        var exclude = new Option<string[]>("--exclude") { Description = "Names of operators, or of their outputs, that stay float32.", AllowMultipleArgumentsPerToken = true };
        var force = new Option<bool>("--force") { Description = "Quantize and measure although it is not worth beginning; the result is still kept only within the limits." };
        var latency = Bound("--latency", "Most median latency, of the original's.", 0.9);
        var agreement = Bound("--agreement", "Least share of instances with the same label.", 0.99);
        var difference = Bound("--difference", "Most error of numbers: root mean square, beside how far the original's answers spread over the rows; of probabilities, and of one row, beside their size. 0.05 of the spread is a four-hundredth of the variance.", 0.05);
        var cosine = Bound("--cosine", "Least mean cosine of embeddings (vectors of 8 numbers or more): INT8 of sound encoders keeps 0.99 and more; 0.98 is 11 degrees.", 0.98);
        var neighbours = Bound("--neighbours", "Least agreement on the ten nearest neighbours among the rows, of which it takes 30: all but equal ones change places without loss, so it is not 1.", 0.8);
        var nearest = Bound("--nearest", "The same of the nearest one alone, which changes places more easily.", 0.7);
        var accuracy = Bound("--accuracy", "Most accuracy lost on labelled rows.", 0.01);
        var logLoss = Bound("--log-loss", "Most rise of the log loss on labelled rows: 0.02 makes what happened a fiftieth less probable.", 0.02);
        var ece = Bound("--ece", "Most rise of the calibration error on labelled rows.", 0.01);
        var seconds = Bound("--seconds", "Time to measure.", 3);
        var command = new Command("quantize", "Smaller numbers: tries the kinds that apply, or those asked for, and shows bytes, time and answers of each. The fastest is kept where it is smaller, faster on this machine, and as accurate and as calibrated as the limits say; otherwise it says which of them failed and keeps the original. What only saves bytes is kept where it is asked for.")
            { model, output, dynamic, isStatic, weightOnly, fourBit, half, perTensor, exclude, sensitive, data, label, sequence, force, latency, agreement, difference, cosine, neighbours, nearest, accuracy, logLoss, ece, seconds, json }
            .WithExamples("quantize bert.onnx --sequence 128", "quantize mine --data held-out.jsonl --out mine-int8", "quantize mine --data held-out.jsonl --static --sensitive", "quantize bert.onnx --int4 32", "quantize samples/intent/package --force");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            using var target = ModelTarget.Open(arguments.GetRequiredValue(model));
            var rows = new MeasuredRows(arguments.GetValue(data) is { } path ? Path.GetFullPath(path) : null, arguments.GetValue(label), arguments.GetValue(sequence), arguments.GetValue(seconds));
            var asked = Asked(arguments.GetValue(dynamic), arguments.GetValue(isStatic), arguments.GetValue(weightOnly), arguments.GetResult(fourBit) is null ? [] : arguments.GetValue(fourBit) is { Length: > 0 } blocks ? blocks : [32, 128], arguments.GetValue(half));
            if (asked.Contains(QuantizationMode.Static) && rows.Path is null)
            {
                throw new FormatException("--static needs rows to take ranges from: --data FILE");
            }

            var modes = asked.Count > 0 ? asked : Applying(target, rows.Path is not null);
            var options = new QuantizationOptions(modes[0], !arguments.GetValue(perTensor), !QuantizationOptions.HasVnni, arguments.GetValue(exclude) ?? []);
            var bounds = new QuantizationBounds(1, arguments.GetValue(latency), arguments.GetValue(agreement), arguments.GetValue(difference), arguments.GetValue(accuracy), arguments.GetValue(ece))
            {
                LogLossRisen = arguments.GetValue(logLoss),
                Cosine = arguments.GetValue(cosine),
                Neighbours = arguments.GetValue(neighbours),
                Nearest = arguments.GetValue(nearest),
            };
            var run = new QuantizationRun(context, target, modes, options, bounds, rows, arguments.GetValue(sensitive)) { IsUnasked = asked.Count == 0 };
            var to = arguments.GetValue(output) ?? target.Beside("int8");
            var report = await run.QuantizeAsync(to, arguments.GetValue(force), cancellationToken);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("package", report.Verdict == "accepted" ? to : null).With("report", report));
            }
            else
            {
                QuantizationTable.Write(context, report);
            }

            return report.Verdict == "accepted" ? Verb.Done : Verb.Refused;
        });
    }

    internal static Option<double> Bound(string name, string description, double otherwise) => new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static List<QuantizationMode> Asked(bool isDynamic, bool isStatic, bool weightOnly, int[] blocks, bool half) =>
    [
        .. isDynamic ? [QuantizationMode.Dynamic] : Array.Empty<QuantizationMode>(),
        .. isStatic ? [QuantizationMode.Static] : Array.Empty<QuantizationMode>(),
        .. weightOnly ? [QuantizationMode.WeightOnly] : Array.Empty<QuantizationMode>(),
        .. blocks.Select(block => block switch
        {
            32 => QuantizationMode.FourBit32,
            128 => QuantizationMode.FourBit128,
            _ => throw new FormatException("--int4 takes blocks of 32 or 128."),
        }),
        .. half ? [QuantizationMode.Float16] : Array.Empty<QuantizationMode>(),
    ];

    // In the order of what they could gain. What finds nothing to rewrite is not among them, the first aside, which says why.
    private static List<QuantizationMode> Applying(ModelTarget target, bool hasRows)
    {
        var original = ModelFile.ReadWhole(target.ModelPath);
        var hasConvolutions = original.Graph.Node.Any(node => node.OpType == "Conv");
        QuantizationMode[] modes = [QuantizationMode.Dynamic, .. hasRows && hasConvolutions ? [QuantizationMode.Static] : Array.Empty<QuantizationMode>(), QuantizationMode.WeightOnly, QuantizationMode.FourBit128, QuantizationMode.FourBit32, QuantizationMode.Float16];
        var options = new QuantizationOptions(QuantizationMode.Dynamic, PerChannel: true, SevenBits: false, []);
        return [.. modes.Where(mode => mode == QuantizationMode.Dynamic || (QuantizationDraft.Of(original, options with { Mode = mode }) is { Applies: true } draft && (mode.Block() == 0 || draft.Plan!.Products > 0)))];
    }
}
