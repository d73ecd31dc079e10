using System.CommandLine;
using ModelTool.Data;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using ModelTool.Pruning;
using ModelTool.Quantizing;
using Scoring.Configuration;
using Scoring.Features;

namespace ModelTool.Verbs;

/// <summary><c>prune MODEL [--sparsity 0.5 0.9 | --vocabulary 0.25 0.5 | --features 0.25 | --units 0.1 0.25] [--data FILE]</c></summary>
internal static class PruneVerb
{
    public static Command Create(ToolContext context)
    {
        var (model, label, json, sequence) = (CommonOptions.Model(), CommonOptions.Label(), CommonOptions.Json(), CommonOptions.Sequence());
        var data = CommonOptions.Data("Rows to compare answers on; where they tell what happened, accuracy and calibration are held to limits too. Default: the golden cases, else made-up inputs.");
        var output = new Option<string?>("--out") { Description = "The new package. Default: the model's folder with -pruned at its end." };
        var sparsity = Shares("--sparsity", "Shares of the weights to set to zero, the smallest first. Default: 0.3 0.5 0.7 0.9.");
        var vocabulary = Shares("--vocabulary", "Shares of the terms of a text feature to leave out instead, those first that move answers least, as half the rows of --data show; the other half judges.");
        var features = Shares("--features", "Shares of the named features to leave out instead, those first that move answers least, as half the rows of --data show; the other half judges.");
        var units = Shares("--units", "Shares of the units between two products to leave out instead (the feed-forward part of a transformer's layers), those first that move answers least, as half the rows of --data show; the other half judges.");
        var heads = Shares("--heads", "The same for the heads of attentions.");
        var latency = QuantizeVerb.Bound("--latency", "Most median latency, of the original's.", 1.1);
        var sameLabel = QuantizeVerb.Bound("--agreement", "Least share of instances with the same label.", 0.99);
        var difference = QuantizeVerb.Bound("--difference", "Most error of numbers: root mean square, beside how far the original's answers spread over the rows; of probabilities, and of one row, beside their size. 0.05 of the spread is a four-hundredth of the variance.", 0.05);
        var cosine = QuantizeVerb.Bound("--cosine", "Least mean cosine of embeddings (vectors of 8 numbers or more): INT8 of sound encoders keeps 0.99 and more; 0.98 is 11 degrees.", 0.98);
        var neighbours = QuantizeVerb.Bound("--neighbours", "Least agreement on the ten nearest neighbours among the rows, of which it takes 30: all but equal ones change places without loss, so it is not 1.", 0.8);
        var accuracy = QuantizeVerb.Bound("--accuracy", "Most accuracy lost on labelled rows.", 0.01);
        var ece = QuantizeVerb.Bound("--ece", "Most rise of the calibration error on labelled rows.", 0.01);
        var seconds = QuantizeVerb.Bound("--seconds", "Time for each measurement.", 1);
        var command = new Command("prune", "Leaves out weights, terms, features or units at given shares and says what it did to accuracy, to bytes, compressed and not, and to latency. The largest share within the limits becomes a new package.")
            { model, sparsity, vocabulary, features, units, heads, data, label, sequence, output, latency, sameLabel, difference, cosine, neighbours, accuracy, ece, seconds, json }
            .WithExamples("prune bert.onnx --sparsity 0.5 0.7 0.9", "prune samples/topics/package --vocabulary 0.1 0.25 --data held-out.jsonl", "prune samples/intent/package --features 0.2 0.4 --data sessions.csv", "prune encoder --units 0.1 0.25 --data texts.jsonl");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            using var target = ModelTarget.Open(arguments.GetRequiredValue(model));
            var rows = new MeasuredRows(arguments.GetValue(data) is { } path ? Path.GetFullPath(path) : null, arguments.GetValue(label), arguments.GetValue(sequence), arguments.GetValue(seconds));
            var bounds = new QuantizationBounds(1, arguments.GetValue(latency), arguments.GetValue(sameLabel), arguments.GetValue(difference), arguments.GetValue(accuracy), arguments.GetValue(ece)) { Cosine = arguments.GetValue(cosine), Neighbours = arguments.GetValue(neighbours) };
            var (terms, columns, between) = (arguments.GetValue(vocabulary) ?? [], arguments.GetValue(features) ?? [], arguments.GetValue(units) ?? []);
            var attending = arguments.GetValue(heads) ?? [];
            var config = ModelConfigReader.ReadFile(ModelTarget.Package(target.Folder).ConfigPath);
            if (new[] { terms, columns, between, attending }.Count(given => given.Length > 0) > 1)
            {
                throw new FormatException("--vocabulary, --features, --units and --heads exclude each other: one thing at a time can be judged.");
            }

            // What is chosen by some rows is judged by others.
            using var halves = terms.Length + columns.Length + between.Length + attending.Length > 0
                ? new DataHalves(rows.Path ?? throw new FormatException("Which terms, features, units or heads move the answers takes rows: --data FILE"))
                : null;
            rows = halves is null ? rows : rows with { Path = halves.Second };
            var (pruning, shares) = (terms.Length, columns.Length, between.Length) switch
            {
                ( > 0, _, _) => (new VocabularyPruning(config, await context.StepAsync<TermCounts>(new TermCountsStep(target.Folder, halves!.First), target.Given, cancellationToken)), terms),
                (_, _, > 0) => (new StructuredPruning(await context.StepAsync<UnitStrengths>(new UnitStrengthsStep(target.Folder, halves!.First, rows.Sequence, OfHeads: false), target.Given, cancellationToken)), between),
                _ when attending.Length > 0 => (new HeadPruning(await context.StepAsync<UnitStrengths>(new UnitStrengthsStep(target.Folder, halves!.First, rows.Sequence, OfHeads: true), target.Given, cancellationToken)), attending),
                (_, > 0, _) => ((IPruning)new FeaturePruning(config, await context.StepAsync<ColumnSpread>(new SpreadStep(target.Folder, halves!.First, rows.Sequence), target.Given, cancellationToken)), columns),
                _ => (new MagnitudePruning(), arguments.GetValue(sparsity) is { Length: > 0 } given ? given : [0.3, 0.5, 0.7, 0.9]),
            };
            var to = arguments.GetValue(output) ?? target.Beside("pruned");
            var report = await new PruneRun(context, target, pruning, shares, bounds, rows).PruneAsync(to, cancellationToken);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("package", report.Chosen is null ? null : to).With("report", report));
            }
            else
            {
                Write(context, report);
            }

            return report.Chosen is null ? Verb.Refused : Verb.Done;
        });
    }

    private static Option<double[]> Shares(string name, string description)
    {
        var option = new Option<double[]>(name) { Description = description, AllowMultipleArgumentsPerToken = true };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double[]>() is { } values && Array.Exists(values, value => value is not (> 0 and < 1)))
            {
                result.AddError($"{name} takes shares between 0 and 1.");
            }
        });
        return option;
    }

    private static void Write(ToolContext context, PruneReport report)
    {
        var table = new ReportTable($"{report.What} left out", "bytes", "compressed", "latency", "same label", "answers", "accuracy lost", "");
        table.Add("none", Figures.Count(report.Bytes), Figures.Count(report.CompressedBytes), "", "", "", "", "");
        foreach (var trial in report.Trials)
        {
            table.Add(
                Figures.Text($"{(double)trial.Removed / Math.Max(1, trial.Of):0.0 %}"), Figures.Count(trial.Bytes), Figures.Count(trial.CompressedBytes), Figures.Text($"{trial.Compared.LatencyRatio:0.00}"),
                trial.Compared.Agreement is { } agreement ? Figures.Text($"{agreement:0.0000}") : "", Answers(trial), trial.AccuracyLost is { } lost ? Figures.Text($"{lost:0.0000}") : "not measured",
                trial.Share == report.Chosen ? "chosen" : trial.IsKept ? "kept" : "failed");
        }

        table.Write(context);
        context.Answer(report.Sentence);
    }

    // Cosines of vectors; the difference of anything else.
    private static string Answers(PruneTrial trial) =>
        trial.Compared.Outputs.Select(output => output.Vectors?.Cosine).OfType<double>().DefaultIfEmpty(double.NaN).Min() is var cosine && double.IsNaN(cosine)
            ? Figures.Text($"off by {trial.Compared.Difference:0.0000}")
            : Figures.Text($"cosine {cosine:0.0000}");
}
