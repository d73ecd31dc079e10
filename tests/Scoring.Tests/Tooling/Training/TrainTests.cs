using System.Text.Json;
using System.Xml.Linq;
using TestCommon;

namespace Scoring.Tests.Tooling.Training;

public sealed class TrainTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Train_ACsv_WritesAPackageThatAServerTakes()
    {
        var texts = MadeUpTexts.WriteCsv(folder.PathTo("texts.csv"), MadeUpTexts.Make(labels: 5, each: 120, words: 14, own: 3, seed: 3));

        var run = await ToolRun.Of("train", texts, "--text", "body", "--label", "topic", "--json");

        Assert.True(run.ExitCode == 0, run.Errors);
        var package = folder.PathTo("texts-package");
        Assert.Equal(package, run.Json.GetProperty("package").GetString());
        Assert.Equal(
            ["README.md", "candidates.svg", "golden.json", "model.json", "model.onnx", "vocabulary.txt"],
            Directory.EnumerateFiles(package).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal(0, (await ToolRun.Of("check", package)).ExitCode);

        // Words, pairs and characters with all and with fewer terms, and the network; each in INT8 too.
        var candidates = run.Json.GetProperty("candidates").EnumerateArray().ToList();
        Assert.Superset(new HashSet<string?> { "words", "words-int8", "pairs", "characters", "network", "network-int8" }, candidates.Select(candidate => candidate.GetProperty("name").GetString()).ToHashSet());
        Assert.All(candidates, candidate => Assert.True(candidate.GetProperty("p50Microseconds").GetDouble() > 0));
        Assert.Contains(run.Json.GetProperty("answers").EnumerateArray(), answer => answer.GetString()!.StartsWith("stop", StringComparison.Ordinal) || answer.GetString()!.StartsWith("go on", StringComparison.Ordinal));

        AssertFront(candidates, File.ReadAllText(Path.Combine(package, "README.md")), XDocument.Load(Path.Combine(package, "candidates.svg")).Root!);

        // What is taken is the smallest within a point of the best.
        var best = candidates.Max(candidate => candidate.GetProperty("validation").GetDouble());
        var within = candidates.Where(candidate => candidate.GetProperty("validation").GetDouble() >= best - 0.01);
        Assert.Equal(within.MinBy(candidate => candidate.GetProperty("bytes").GetInt64()).GetProperty("name").GetString(), run.Json.GetProperty("taken").GetString());
    }

    [Fact]
    public async Task Train_TheSameSeed_GivesTheSameBytesAndGoesOnWhereItWas()
    {
        var texts = MadeUpTexts.WriteCsv(folder.PathTo("texts.csv"), MadeUpTexts.Make(labels: 3, each: 60, words: 10, own: 3, seed: 4));
        string[] arguments = ["train", texts, "--text", "body", "--label", "topic", "--kinds", "words"];
        var first = await ToolRun.Of([.. arguments, "--out", folder.PathTo("first"), "--json"]);
        var second = await ToolRun.Of([.. arguments, "--out", folder.PathTo("second"), "--json"]);

        // As if it had been killed while it wrote its fourth result.
        var state = folder.PathTo("second.training", "state.jsonl");
        var lines = await File.ReadAllLinesAsync(state);
        await File.WriteAllTextAsync(state, string.Join('\n', lines[..4]) + "\n" + lines[4][..10]);
        var third = await ToolRun.Of([.. arguments, "--out", folder.PathTo("third"), "--work", folder.PathTo("second.training")]);

        Assert.All([first, second, third], run => Assert.True(run.ExitCode == 0, run.Errors));
        Assert.Equal((0, 0), (Resumed(first), Resumed(second)));
        Assert.Contains(" 3 results were there from a call before.", third.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^words\\S* +[0-9.]+ % .* taken *$", third.Output);
        foreach (var other in new[] { "second", "third" })
        {
            Assert.All(Directory.EnumerateFiles(folder.PathTo("first")), path => Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(folder.PathTo(other, Path.GetFileName(path)))));
        }
    }

    [Fact]
    public async Task Train_SeveralLabels_ServesThemAll()
    {
        var made = MadeUpTexts.Make(labels: 4, each: 60, words: 8, own: 4, seed: 5);
        var lines = made.Select((row, index) => JsonSerializer.Serialize(new { body = $"{row.Text} {made[(index + 1) % made.Count].Text}", topics = new[] { row.Label, made[(index + 1) % made.Count].Label } }));
        await File.WriteAllLinesAsync(folder.PathTo("texts.jsonl"), lines);

        var run = await ToolRun.Of("train", folder.PathTo("texts.jsonl"), "--text", "body", "--label", "topics", "--kinds", "words", "--json");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal("F1", run.Json.GetProperty("measure").GetString());
        Assert.InRange(run.Json.GetProperty("final").GetProperty("quality").GetDouble(), 0.85, 1);
        using var config = JsonDocument.Parse(await File.ReadAllBytesAsync(folder.PathTo("texts-package", "model.json")));
        Assert.Equal("multilabel", config.RootElement.GetProperty("task").GetString());
        Assert.Equal(0, (await ToolRun.Of("check", folder.PathTo("texts-package"))).ExitCode);
    }

    [Theory]
    [InlineData("body,topics\nhello,a\n", "texts.csv has no column 'topic'; did you mean 'topics'? Its columns: body, topics.")]
    [InlineData("", "texts.csv is empty; expected a CSV header and records.")]
    public async Task Train_AFileThatCannotServe_EndsWithASentenceAndLeavesNothing(string csv, string reason)
    {
        await File.WriteAllTextAsync(folder.PathTo("texts.csv"), csv);

        var run = await ToolRun.Of("train", folder.PathTo("texts.csv"), "--text", "body", "--label", "topic");

        Assert.Equal((1, "", $"{folder.Root}/{reason}\n"), (run.ExitCode, run.Output, run.Errors));
        Assert.Equal(["texts.csv"], Directory.EnumerateFileSystemEntries(folder.Root).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Train_ACandidateThatWillNotBe_IsSaidBeforeAnythingIsTrained()
    {
        var texts = MadeUpTexts.WriteCsv(folder.PathTo("texts.csv"), MadeUpTexts.Make(labels: 2, each: 20, words: 4, own: 2, seed: 8));

        var run = await ToolRun.Of("train", texts, "--text", "body", "--label", "topic", "--take", "wrods");

        Assert.Equal((1, "", "--take: there will be no candidate 'wrods'; did you mean words?\n"), (run.ExitCode, run.Output, run.Errors));
        Assert.False(Directory.Exists(folder.PathTo("texts-package.training")));
    }

    // Each candidate is a row of the table and a circle of the picture. The front holds, and joins by a line, each that is better than all smaller ones.
    private static void AssertFront(List<JsonElement> candidates, string readme, XElement picture)
    {
        var rows = readme.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Trim('|', ' ').Split(" | ")).ToLookup(cells => cells[0]);
        var line = Assert.Single(picture.Elements(), element => element.Name.LocalName == "polyline").Attribute("points")!.Value.Split(' ');
        Assert.Equal(candidates.Count, picture.Elements().Count(element => element.Name.LocalName == "circle"));
        Assert.Equal(line.Length, candidates.Count(IsOnFront));
        Assert.All(candidates, candidate =>
        {
            var name = candidate.GetProperty("name").GetString()!;
            var isBetter = candidates.Where(other => Bytes(other) < Bytes(candidate)).All(other => Quality(other) < Quality(candidate));
            Assert.Equal(isBetter, IsOnFront(candidate));
            var last = Assert.Single(rows[name])[^1];
            Assert.Equal(isBetter, last is "front" || (last is "**taken**" && IsOnFront(candidate)));
        });

        static bool IsOnFront(JsonElement candidate) => candidate.GetProperty("isOnFront").GetBoolean();
        static long Bytes(JsonElement candidate) => candidate.GetProperty("bytes").GetInt64();
        static double Quality(JsonElement candidate) => candidate.GetProperty("test").GetProperty("quality").GetDouble();
    }

    private static int Resumed(ToolRun run) => run.Json.GetProperty("resumed").GetInt32();
}
