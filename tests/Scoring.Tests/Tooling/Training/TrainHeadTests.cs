using System.Text.Json;
using ModelTool.Training.Fitting;
using TestCommon;
using Xunit.Abstractions;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Tooling.Training;

/// <summary>A head over an encoder that stays as it is, both in one package.</summary>
public sealed class TrainHeadTests(ITestOutputHelper output) : IDisposable
{
    private const int Width = 64;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Train_WithAnEncoder_WritesOnePackageOfBoth()
    {
        var made = MadeUpTexts.Make(labels: 4, each: 80, words: 8, own: 5, seed: 7);
        var encoder = WriteEncoder(folder.PathTo("encoder"), made.SelectMany(row => row.Text.Split(' ')).Distinct());
        var texts = MadeUpTexts.WriteCsv(folder.PathTo("texts.csv"), made);

        var run = await ToolRun.Of("train", texts, "--text", "body", "--label", "topic", "--kinds", "words", "--encoder", encoder, "--take", "head", "--json");

        Assert.True(run.ExitCode == 0, run.Errors);
        var package = folder.PathTo("texts-package");
        Assert.Equal("head", run.Json.GetProperty("taken").GetString());
        Assert.InRange(run.Json.GetProperty("final").GetProperty("quality").GetDouble(), 0.8, 1);
        Assert.Contains(run.Json.GetProperty("answers").EnumerateArray(), answer => answer.GetString()!.StartsWith("A transformer's head, beside words", StringComparison.Ordinal));
        Assert.Equal(0, (await ToolRun.Of("check", package)).ExitCode);

        // A text is answered as it is alone beside one that is longer and pads it.
        var alone = await ToolRun.WithInput(JsonSerializer.Serialize(new { instances = new[] { made[0].Text } }), "score", package);
        var beside = await ToolRun.WithInput(JsonSerializer.Serialize(new { instances = new[] { made[0].Text, $"{made[1].Text} {made[2].Text}" } }), "score", package);
        Assert.Equal(Probability(alone), Probability(beside), 1e-5);
    }

    [Fact]
    public async Task Train_AnEncoderWithoutTexts_IsRefusedWithTheReason()
    {
        var texts = MadeUpTexts.WriteCsv(folder.PathTo("texts.csv"), MadeUpTexts.Make(labels: 2, each: 20, words: 4, own: 2, seed: 8));

        var run = await ToolRun.Of("train", texts, "--text", "body", "--label", "topic", "--encoder", IntentPackages.Original);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("its model.json tells of no single feature of the type text with a tokenizer", run.Errors, StringComparison.Ordinal);
    }

    // Some twenty texts a section: what words cannot know yet, an encoder that has read the web does.
    [MiniLmFact]
    [Trait("Category", "Proof")]
    public async Task Train_FewTextsALabel_AHeadOverMiniLmBeatsWords()
    {
        var encoder = MiniLm.Write(folder.PathTo("minilm"));
        var texts = MiniLm.WriteTexts(folder.PathTo("texts.jsonl"), 1000);

        var run = await ToolRun.Of("train", texts, "--text", "text", "--label", "section", "--kinds", "words", "--encoder", encoder, "--take", "head", "--json");

        Assert.True(run.ExitCode == 0, run.Errors);
        var found = run.Json.GetProperty("candidates").EnumerateArray().ToDictionary(candidate => candidate.GetProperty("name").GetString()!, candidate => candidate.GetProperty("test").GetProperty("quality").GetDouble());
        output.WriteLine(string.Join(", ", found.Select(candidate => FormattableString.Invariant($"{candidate.Key} {candidate.Value:0.000}"))));
        output.WriteLine(string.Join('\n', run.Json.GetProperty("answers").EnumerateArray().Select(answer => answer.GetString())));
        Assert.True(found["head"] > found["words"], $"{found["head"]} beside {found["words"]}");
        Assert.Equal(0, (await ToolRun.Of("check", folder.PathTo("texts-package"))).ExitCode);
    }

    private static double Probability(ToolRun run) => run.Json.GetProperty("predictions")[0].GetProperty("probability").GetDouble();

    // A vector a word, the same wherever it stands.
    private static string WriteEncoder(string path, IEnumerable<string> words)
    {
        Directory.CreateDirectory(path);
        string[] vocabulary = [.. words.Order(StringComparer.Ordinal)];
        var random = new SeededRandom(9);
        var table = Enumerable.Range(0, (vocabulary.Length + 1) * Width).Select(_ => (float)((2 * random.NextDouble()) - 1)).ToArray();
        var graph = new OnnxGraph("encoder")
            .Input("input_ids", DataType.Int64, "rows", "tokens")
            .Input("attention_mask", DataType.Int64, "rows", "tokens")
            .Constant("table", table, vocabulary.Length + 1, Width)
            .Node("Gather", ["table", "input_ids"], "vectors", ("axis", 0L))
            .Output("vectors", DataType.Float, "rows", "tokens", Width);
        File.WriteAllBytes(Path.Combine(path, "model.onnx"), graph.ToModel("encoder", "tests"));
        File.WriteAllLines(Path.Combine(path, "vocabulary.txt"), vocabulary);
        File.WriteAllText(Path.Combine(path, "model.json"), """{ "features": [ { "name": "sentence", "type": "text", "tokenizer": { "type": "words", "vocabulary": "vocabulary.txt" } } ] }""");
        return path;
    }
}
