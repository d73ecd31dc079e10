using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Tests.Protocol;
using TestCommon;

namespace Scoring.Tests.Features.Text.WordPiece;

/// <summary>A one-layer BERT with upstream's tokenizer.json and embeddings, served through a text.</summary>
public sealed class TinyBertTests
{
    private const string Folder = "models/13-tribuo-tinybert-embedder";
    private const string Text = "It is a truth universally acknowledged,";
    private const string Config = """{"features":[{"name":"text","type":"text","tokenizer":{"type":"wordpiece","vocabulary":"tokenizer.json"}}]}""";

    /// <summary>Upstream's values are float32, from another version of the runtime.</summary>
    private const double Tolerance = 1e-4;

    [SharedDataFact(Folder)]
    public void Score_TextOfUpstream_GivesItsEmbeddings()
    {
        using var folder = new TemporaryFolder();
        using var scored = Load(folder);
        var expected = JsonNode.Parse(File.ReadAllText(Checkout.SharedPathTo($"{Folder}/cases.json")))!["cases"]![0]!["expected_upstream"]!;

        var outputs = scored.Score(JsonSerializer.Serialize(new { instances = new[] { Text } }))["predictions"]![0]!["outputs"]!;

        foreach (var name in new[] { "output_0", "output_1" })
        {
            var values = Numbers(expected[name]!["data"]!);
            Assert.NotEmpty(values);
            Assert.Equal(values.Length, Numbers(outputs[name]!).Length);
            Assert.All(values.Zip(Numbers(outputs[name]!)), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        }
    }

    [SharedDataFact(Folder)]
    public void Score_TextsOfOneRequest_HaveTheEmbeddingsOfEachAlone()
    {
        using var folder = new TemporaryFolder();
        using var scored = Load(folder);
        var texts = new[] { Text, "", "acknowledged" };

        var together = scored.Score(JsonSerializer.Serialize(new { instances = texts }))["predictions"]!.AsArray();

        for (var index = 0; index < texts.Length; index++)
        {
            var alone = scored.Score(JsonSerializer.Serialize(new { instances = new[] { texts[index] } }))["predictions"]![0]!;
            var pooled = Numbers(alone["outputs"]!["output_1"]!);
            Assert.All(pooled.Zip(Numbers(together[index]!["outputs"]!["output_1"]!)), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        }
    }

    private static Scored Load(TemporaryFolder folder)
    {
        foreach (var file in new[] { "model.onnx", "tokenizer.json" })
        {
            File.Copy(Checkout.SharedPathTo($"{Folder}/{file}"), folder.PathTo(file));
        }

        File.WriteAllText(folder.PathTo("model.json"), Config);
        return Scored.Load(folder.Root);
    }

    private static double[] Numbers(JsonNode node) => node is JsonArray items ? [.. items.SelectMany(item => Numbers(item!))] : [(double)node];
}
