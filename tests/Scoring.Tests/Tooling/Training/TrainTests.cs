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
        Assert.Contains("polyline", XDocument.Load(Path.Combine(package, "candidates.svg")).Root!.Elements().Select(element => element.Name.LocalName));
        Assert.Equal(0, (await ToolRun.Of("check", package)).ExitCode);

        // Words, pairs and characters with all and with fewer terms, and the network; each in INT8 too.
        var candidates = run.Json.GetProperty("candidates").EnumerateArray().ToList();
        Assert.Superset(new HashSet<string?> { "words", "words-int8", "pairs", "characters", "network", "network-int8" }, candidates.Select(candidate => candidate.GetProperty("name").GetString()).ToHashSet());
        Assert.All(candidates, candidate => Assert.True(candidate.GetProperty("p50Microseconds").GetDouble() > 0));
        Assert.Contains(run.Json.GetProperty("answers").EnumerateArray(), answer => answer.GetString()!.StartsWith("stop", StringComparison.Ordinal) || answer.GetString()!.StartsWith("go on", StringComparison.Ordinal));

        // What is taken is the smallest within a point of the best.
        var best = candidates.Max(candidate => candidate.GetProperty("validation").GetDouble());
        var within = candidates.Where(candidate => candidate.GetProperty("validation").GetDouble() >= best - 0.01);
        Assert.Equal(within.MinBy(candidate => candidate.GetProperty("bytes").GetInt64()).GetProperty("name").GetString(), run.Json.GetProperty("taken").GetString());
    }

    [Fact]
    public async Task Train_TheSameSeed_GivesTheSameBytesAndGoesOnWhereItWas()
    {
        var texts = MadeUpTexts.WriteCsv(folder.PathTo("texts.csv"), MadeUpTexts.Make(labels: 3, each: 60, words: 10, own: 3, seed: 4));
        string[] arguments = ["train", texts, "--text", "body", "--label", "topic", "--kinds", "words", "--json"];
        var first = await ToolRun.Of([.. arguments, "--out", folder.PathTo("first")]);
        var second = await ToolRun.Of([.. arguments, "--out", folder.PathTo("second")]);

        // As if it had been killed while it wrote its fourth result.
        var state = folder.PathTo("second.training", "state.jsonl");
        var lines = await File.ReadAllLinesAsync(state);
        await File.WriteAllTextAsync(state, string.Join('\n', lines[..4]) + "\n" + lines[4][..10]);
        var third = await ToolRun.Of([.. arguments, "--out", folder.PathTo("third"), "--work", folder.PathTo("second.training")]);

        Assert.All([first, second, third], run => Assert.True(run.ExitCode == 0, run.Errors));
        Assert.Equal((0, 0, 3), (Resumed(first), Resumed(second), Resumed(third)));
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

    [Fact]
    public async Task Train_ACandidateThatWillNotBe_IsSaidBeforeAnythingIsTrained()
    {
        var texts = MadeUpTexts.WriteCsv(folder.PathTo("texts.csv"), MadeUpTexts.Make(labels: 2, each: 20, words: 4, own: 2, seed: 8));

        var run = await ToolRun.Of("train", texts, "--text", "body", "--label", "topic", "--take", "wrods");

        Assert.Equal((1, "", "--take: there will be no candidate 'wrods'; did you mean words?\n"), (run.ExitCode, run.Output, run.Errors));
        Assert.False(Directory.Exists(folder.PathTo("texts-package.training")));
    }

    private static int Resumed(ToolRun run) => run.Json.GetProperty("resumed").GetInt32();
}
