using System.CommandLine;
using ModelTool.Training;
using ModelTool.Training.Heads;
using ModelTool.Training.Texts;

namespace ModelTool.Verbs;

/// <summary><c>train TEXTS --text COLUMN --label COLUMN [--out PACKAGE] [--split COLUMN] [--group COLUMN] [--encoder MODEL] [--take NAME]</c></summary>
internal static class TrainVerb
{
    public static Command Create(ToolContext context)
    {
        var file = new Argument<string>("texts") { Description = "Labelled texts: .csv, .tsv, .jsonl (each also with .gz behind it) or .parquet." };
        var text = new Option<string[]>("--text") { Description = "The column of the text; of several columns the text is one a line.", Required = true, AllowMultipleArgumentsPerToken = true };
        var label = new Option<string>("--label") { Description = "The column of the label. Where a cell is a list, texts have any number of labels.", Required = true };
        var separator = new Option<string?>("--separator") { Description = "What stands between several labels of one cell." };
        var split = new Option<string?>("--split") { Description = "The column that says train, validation or test. Default: split here, every label by its share." };
        var group = new Option<string?>("--group") { Description = "The column whose equal values stay together: a customer, a source, a thread. They are on one side of the split, and in one fold of the calibration." };
        var kinds = new Option<string[]>("--kinds") { Description = "Kinds of candidates to try.", DefaultValueFactory = _ => TrainOptions.AllKinds, AllowMultipleArgumentsPerToken = true };
        kinds.AcceptOnlyFromAmong(TrainOptions.AllKinds);
        var encoder = new Option<string?>("--encoder") { Description = "A published model, or a package's folder, that embeds texts: a head over it is one more candidate." };
        var take = new Option<string?>("--take") { Description = "The candidate to take. Default: the smallest within one point of the best, by the validation texts." };
        var seed = new Option<ulong>("--seed") { Description = "Of everything random: the same texts and seed give the same bytes.", DefaultValueFactory = _ => 1 };
        var output = new Option<string?>("--out") { Description = "The package. Default: beside the texts, named after them, with -package at its end." };
        var work = new Option<string?>("--work") { Description = "Where candidates and results are kept; a second call goes on from there. Default: the package's name with .training at its end." };
        var json = CommonOptions.Json();
        var command = new Command("train", "A package from a file of labelled texts. Tries models over words, pairs of words and characters, a network of words, and a head over a published encoder, each tuned by successive halving, calibrated, measured by the engine, also in INT8; takes the smallest within one point of the best, and says what the others would buy.")
            { file, text, label, separator, split, group, kinds, encoder, take, seed, output, work, json }
            .WithExamples("train texts.csv --text body --label topic", "train tickets.parquet --text subject body --label queue --group customer --out tickets", "train texts.csv --text body --label topic --encoder minilm --out better", "train texts.csv --text body --label topic --out larger --work texts-package.training --take characters");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var path = arguments.GetRequiredValue(file);
            var to = Path.TrimEndingDirectorySeparator(arguments.GetValue(output) ?? Beside(path));
            var columns = new TextColumns(arguments.GetRequiredValue(text), arguments.GetRequiredValue(label), arguments.GetValue(separator), arguments.GetValue(split), arguments.GetValue(group));
            var workFolder = arguments.GetValue(work) ?? $"{to}.training";
            var options = new TrainOptions(path, columns, arguments.GetValue(seed), to, workFolder, arguments.GetRequiredValue(kinds), arguments.GetValue(take), arguments.GetValue(encoder));
            using var found = options.Encoder is not { } named ? null : await EncoderPackage.OpenAsync(Directory.Exists(named) ? null : context.OpenRepository(arguments), named, cancellationToken);
            var report = await new TrainRun(context, options, found).TrainAsync(cancellationToken);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(report);
            }
            else
            {
                Write(context, report, workFolder);
            }

            return Verb.Done;
        });
    }

    private static string Beside(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return $"{Path.ChangeExtension(name, null)}-package";
    }

    private static void Write(ToolContext context, TrainReport report, string work)
    {
        context.Answer(Figures.Text($"{report.Labels:#,0} labels; {report.TrainTexts:#,0} texts to train on, {report.ValidationTexts:#,0} to choose by, {report.TestTexts:#,0} to measure on, split {report.Split}. The most frequent label alone gives {report.Majority:P1}."));
        var table = new ReportTable("candidate", report.Measure, "95 %", "ECE", "calibrated", "bytes", "p50", "");
        foreach (var found in report.Candidates)
        {
            table.Add(
                found.Name, Figures.Text($"{found.Test.Quality:P1}"), Figures.Text($"{100 * found.Test.Low:0.0} to {100 * found.Test.High:0.0}"), Figures.Text($"{found.Test.EceBefore:0.000}"), Figures.Text($"{found.Test.EceAfter:0.000}"),
                Figures.Count(found.Bytes), Figures.Duration(found.P50Microseconds), found.Name == report.Taken ? "taken" : found.IsOnFront ? "front" : "");
        }

        table.Write(context);
        foreach (var answer in report.Answers)
        {
            context.Answer(answer);
        }

        var resumed = report.Resumed > 0 ? Figures.Text($" {report.Resumed} results were there from a call before.") : "";
        context.Answer(Figures.Text($"{report.Package} is the new package: {report.Taken}, fitted again to all but the test texts: {report.Final.Quality:P1} of {report.Measure} (95 %: {100 * report.Final.Low:0.0} to {100 * report.Final.High:0.0}), ECE {report.Final.EceBefore:0.000} and {report.Final.EceAfter:0.000} calibrated ({report.Calibration}), where {report.TestTexts:#,0} texts show {report.Final.EceByChance:0.000} of a perfect calibration.{resumed}"));
        context.Answer($"Another candidate: --work {Advising.Advice.Quoted(work)} --out OTHER --take NAME; when done, the folder {work} may go.");
        context.Answer($"Next: ./dev model publish {Advising.Advice.Quoted(report.Package)} --name {Path.GetFileName(Path.GetFullPath(report.Package))}");
    }
}
