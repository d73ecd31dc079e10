using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Onnx;
using Scoring.Tests.Features.Text.HuggingFace;
using TestCommon;
using Tokenizers.DotNet;

namespace EndToEnd.Tests.Http;

/// <summary>A model with RoBERTa's tokenizer.json in the running app, which loads Hugging Face's library for it and not before.</summary>
public sealed class AnyTokenizerTests(TopicsApp topics) : IClassFixture<TopicsApp>
{
    private static readonly string[] Texts = ["the library provides", "it's fast — naïve 日本語 👩‍👩‍👧‍👦", "", string.Concat(Enumerable.Repeat("reading files ", 500))];

    [Fact]
    public async Task Score_RawTexts_GivesTheTokenizersIdsAndLoadsTheLibraryFirstThen()
    {
        // 1. A model of words: nothing of the library is in the process.
        using (var words = await topics.App.PostAsync("api/score/topics", """{"instances":["a quiz about capitals"]}"""))
        {
            words.EnsureSuccessStatusCode();
        }

        var before = Mapped();
        Assert.DoesNotContain("libhf_tokenizers", before, StringComparison.Ordinal);
        Assert.DoesNotContain("Tokenizers.DotNet.dll", before, StringComparison.Ordinal);

        // 2. One of RoBERTa's, which answers with its ids.
        using var folder = new TemporaryFolder();
        var tokenizer = TokenizerFamily.Create("roberta", Texts);
        tokenizer["truncation"] = new JsonObject { ["direction"] = "Right", ["max_length"] = 32, ["strategy"] = "LongestFirst", ["stride"] = 0 };
        File.WriteAllText(folder.PathTo("tokenizer.json"), tokenizer.ToJsonString());
        File.WriteAllText(folder.PathTo("model.json"), """{"features":[{"name":"text","type":"text","tokenizer":{"vocabulary":"tokenizer.json"}}]}""");
        new GraphBuilder().Input("input_ids", TensorProto.Types.DataType.Int64, "rows", "tokens").Input("attention_mask", TensorProto.Types.DataType.Int64, "rows", "tokens")
            .Node("Mul", ["input_ids", "attention_mask"], ["ids"]).Output("ids", TensorProto.Types.DataType.Int64, "rows", "tokens").Save(folder.Root);
        await RunningApp.PublishAsync(topics.Storage, folder.Root, "roberta");
        using var answer = await topics.App.PostAsync("api/score/roberta", JsonSerializer.Serialize(new { instances = Texts }));

        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        using var peer = new Tokenizer(folder.PathTo("tokenizer.json"));
        var ids = JsonNode.Parse(body)!["predictions"]!.AsArray().Select(prediction => prediction!["outputs"]!["ids"]!.AsArray().Select(id => (uint)id!).ToArray());
        Assert.Equal(Texts.Select(peer.Encode), ids);
        var after = Mapped();
        Assert.Contains("libhf_tokenizers", after, StringComparison.Ordinal);
        Assert.True(RunningApp.IsNative || after.Contains("Tokenizers.DotNet.dll", StringComparison.Ordinal));
    }

    private string Mapped() => File.ReadAllText($"/proc/{topics.App.ProcessId}/maps");
}
