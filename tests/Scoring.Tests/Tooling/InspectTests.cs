using Scoring.Tests.Features;
using Scoring.Tests.Features.Text.HuggingFace;
using TestCommon;

namespace Scoring.Tests.Tooling;

public sealed class InspectTests
{
    [Fact]
    public async Task Inspect_Intent_CountsItsFortyEightParameters()
    {
        var run = await ToolRun.Of("inspect", Checkout.PathTo("samples", "intent", "package"), "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var found = run.Json.GetProperty("inspection");
        Assert.Equal((48, 92), (found.GetProperty("parameters").GetInt64(), found.GetProperty("flopsPerRow").GetInt64()));
        Assert.Equal(new FileInfo(Checkout.PathTo("samples", "intent", "package", "model.onnx")).Length, found.GetProperty("bytes").GetInt64());
        Assert.Equal("float32 [rows, 23]", run.Json.GetProperty("loaded").GetProperty("inputs")[0].GetProperty("type").GetString());
    }

    [SharedDataFact("models/08-sms-spam-tfidf-text")]
    public async Task Inspect_TextModel_TellsWhatItsTextOperatorsNeed()
    {
        var run = await ToolRun.Of("inspect", Checkout.SharedPathTo("models/08-sms-spam-tfidf-text/model.onnx"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("7485 terms", run.Output, StringComparison.Ordinal);
        Assert.Contains("StringNormalizer: text; case LOWER", run.Output, StringComparison.Ordinal);
        Assert.Contains("input: string [?, 1]", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inspect", "text: byte-level BPE, ")]
    [InlineData("check", "Tokenizer: byte-level BPE, ")]
    public async Task Run_PackageWithATokenizer_TellsItsKindAndWhoseCodeItIs(string verb, string kind)
    {
        using var model = new TextModel("""{"features":[{"name":"text","type":"text","tokenizer":{"type":"huggingface","vocabulary":"tokenizer.json"}}]}""");
        File.WriteAllText(Path.Combine(model.Folder, "tokenizer.json"), TokenizerFamily.Create("roberta", ["a package"]).ToJsonString());

        var run = await ToolRun.Of(verb, model.Folder);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(kind, run.Output + run.Errors, StringComparison.Ordinal);
        Assert.Contains("by Hugging Face's", run.Output + run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_TokenizerThatDoesNotLoad_SaysWhy()
    {
        using var model = new TextModel("""{"features":[{"name":"text","type":"text","tokenizer":{"type":"huggingface","vocabulary":"tokenizer.json"}}]}""");

        var run = await ToolRun.Of("inspect", model.Folder);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("text: does not load: ", run.Output, StringComparison.Ordinal);
    }

    [SharedDataFact("models/hostile")]
    public async Task Inspect_HostileFiles_AreRefusedWithASentence()
    {
        foreach (var path in Directory.GetFiles(Checkout.SharedPathTo("models/hostile"), "*.onnx"))
        {
            var run = await ToolRun.Of("inspect", path);

            Assert.True(run is { ExitCode: 2, Output: "" } && run.Errors.Contains(Path.GetFileName(path), StringComparison.Ordinal), $"{path}: {run.ExitCode} {run.Output} {run.Errors}");
        }
    }
}
