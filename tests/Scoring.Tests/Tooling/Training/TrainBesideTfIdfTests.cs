using System.Diagnostics;
using System.Text;
using ModelTool.Training.Texts;
using TestCommon;
using Xunit.Abstractions;

namespace Scoring.Tests.Tooling.Training;

/// <summary>What is trained beside TF-IDF with logistic regression (<see cref="PlainTfIdf"/>) on the same texts.</summary>
public sealed class TrainBesideTfIdfTests(ITestOutputHelper output) : IDisposable
{
    private const double MaxEce = 0.03;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The sections that the sample topics tells apart, two fifths of the source packages held out. Some 4,900 texts show an error of 0.012 of a perfect calibration, so that 0.03 can be
    // told; it was 0.013, and 0.020 over bins of equally many texts.
    [SharedDataFact(DebianTexts.Data)]
    [Trait("Category", "Proof")]
    public async Task Train_DebianTopics_IsAsAccurateCalibratedAndAsQuick()
    {
        DebianTexts.WriteTopics(folder.PathTo("topics.jsonl"));

        var (run, plain, plainSeconds) = await BesideAsync(folder.PathTo("topics.jsonl"), new TextColumns(["summary", "text"], "section", null, "side", "source"));

        var (accuracy, ece) = Final(run);
        var kinds = Show(run, plain, plainSeconds);
        Assert.True(accuracy >= plain, $"{accuracy} beside {plain}");
        Assert.InRange(ece, 0, MaxEce);
        Assert.InRange(run.Json.GetProperty("final").GetProperty("eceEqualMass").GetDouble(), 0, MaxEce);

        // Like beside like: words, their settings searched.
        Assert.True(kinds["words"] <= plainSeconds, $"{kinds["words"]} s beside {plainSeconds} s");
    }

    // Short texts and many labels, as a bank's customers ask for one of 77 things: seven words and one of 58 sections.
    [SharedDataFact(DebianTexts.Data)]
    [Trait("Category", "Proof")]
    public async Task Train_SummariesOfEverySection_IsAsAccurateAsTfIdf()
    {
        DebianTexts.WriteSummaries(folder.PathTo("summaries.jsonl"), each: 250);

        var (run, plain, plainSeconds) = await BesideAsync(folder.PathTo("summaries.jsonl"), new TextColumns(["summary"], "section", null, "side", "source"));

        Show(run, plain, plainSeconds);
        Assert.True(Final(run).Accuracy >= plain, $"{Final(run).Accuracy} beside {plain}");
    }

    [Fact]
    public async Task Train_AFewTopics_IsAsAccurateAsTfIdf()
    {
        var texts = MadeUpTexts.WriteCsv(folder.PathTo("texts.csv"), MadeUpTexts.Make(labels: 5, each: 300, words: 14, own: 3, seed: 3));

        var (run, plain, _) = await BesideAsync(texts, new TextColumns(["body"], "topic", null, null, null), "--kinds", "words");

        AssertAsAccurate(run, plain);
    }

    // As a bank's customers ask: six words, many things to tell apart.
    [Fact]
    public async Task Train_ShortTextsOfManyLabels_IsAsAccurateAsTfIdf()
    {
        var texts = MadeUpTexts.WriteCsv(folder.PathTo("texts.csv"), MadeUpTexts.Make(labels: 40, each: 40, words: 6, own: 2, seed: 6));

        var (run, plain, _) = await BesideAsync(texts, new TextColumns(["body"], "topic", null, null, null), "--kinds", "words");

        AssertAsAccurate(run, plain);
    }

    private Dictionary<string, double> Show(ToolRun run, double plain, double plainSeconds)
    {
        var kinds = run.Json.GetProperty("seconds").EnumerateObject().ToDictionary(kind => kind.Name, kind => kind.Value.GetDouble());
        var final = run.Json.GetProperty("final");
        output.WriteLine(FormattableString.Invariant($"{run.Json.GetProperty("taken")} of {run.Json.GetProperty("labels")} labels, measured on {run.Json.GetProperty("testTexts")} texts: accuracy {Final(run).Accuracy:0.0000} beside {plain:0.0000}"));
        output.WriteLine(FormattableString.Invariant($"ECE {final.GetProperty("eceBefore").GetDouble():0.0000}, by {run.Json.GetProperty("calibration")} {Final(run).Ece:0.0000} (equal mass {final.GetProperty("eceEqualMass").GetDouble():0.0000}, of a perfect calibration {final.GetProperty("eceByChance").GetDouble():0.0000})"));
        output.WriteLine(FormattableString.Invariant($"{string.Join(", ", kinds.Select(kind => $"{kind.Key} {kind.Value:0.0} s"))} beside {plainSeconds:0.0} s"));
        foreach (var candidate in run.Json.GetProperty("candidates").EnumerateArray())
        {
            output.WriteLine(FormattableString.Invariant($"{candidate.GetProperty("name")}: {candidate.GetProperty("test").GetProperty("quality").GetDouble():0.0000}, {candidate.GetProperty("setting")}"));
        }

        return kinds;
    }

    // A point is what a smaller model may cost, and what some 300 test texts cannot tell apart.
    private static void AssertAsAccurate(ToolRun run, double plain) => Assert.True(Final(run).Accuracy >= plain - 0.01, $"{Final(run).Accuracy} beside {plain}");

    private static (double Accuracy, double Ece) Final(ToolRun run) =>
        (run.Json.GetProperty("final").GetProperty("quality").GetDouble(), run.Json.GetProperty("final").GetProperty("eceAfter").GetDouble());

    private static async Task<(ToolRun Run, double Plain, double Seconds)> BesideAsync(string path, TextColumns columns, params string[] more)
    {
        string[] split = columns is { Split: { } side, Group: { } group } ? ["--split", side, "--group", group] : [];
        var run = await ToolRun.Of(["train", path, "--text", .. columns.Texts, "--label", columns.Label, .. split, .. more, "--json"]);
        Assert.True(run.ExitCode == 0, run.Errors);

        var set = TextSet.From(await TextTables.OpenAsync(path, new(), default), columns, path);
        var sides = TextSplit.Of(set, columns, seed: 1);
        (string, int)[] Rows(int[] rows) => [.. rows.Select(row => (Encoding.UTF8.GetString(set.Rows[row].Text), set.Rows[row].Labels[0]))];
        var started = Stopwatch.GetTimestamp();
        var plain = PlainTfIdf.Fit(Rows(sides.Train), Rows(sides.Validation), set.Labels.Count);
        return (run, plain.Accuracy(Rows(sides.Test)), Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
