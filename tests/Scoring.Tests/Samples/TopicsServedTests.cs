using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Samples.Topics;
using Scoring.Tests.Protocol;
using TestCommon;

namespace Scoring.Tests.Samples;

/// <summary>The text samples as the engine serves them: their own text in, topics out.</summary>
public sealed class TopicsServedTests
{
    private const string Data = "data/debian_topics.jsonl.gz";

    /// <summary>float32 probabilities; processors differ in the last places.</summary>
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("topics")]
    [InlineData("topics-ngrams")]
    public void Score_GoldenTexts_GivesTheirPredictions(string sample)
    {
        var folder = Checkout.PathTo("samples", sample, "package");
        using var scored = Scored.Load(folder, sample);
        var cases = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")))!["cases"]!.AsArray();
        var instances = new JsonArray([.. cases.Select(item => item!["instance"]!.DeepClone())]);

        var predictions = scored.Score(new JsonObject { ["instances"] = instances }.ToJsonString())["predictions"]!.AsArray();

        Assert.Equal(16, cases.Count);
        for (var row = 0; row < cases.Count; row++)
        {
            AssertSame(cases[row]!["prediction"]!, predictions[row]!);
        }
    }

    [Fact]
    public void Score_TextOfTheDocument_GivesItsTopics()
    {
        var document = File.ReadAllText(Checkout.PathTo("docs", "text.md"));
        var body = Regex.Match(Block(document, "text-request"), "-d '(.*)'", RegexOptions.Singleline).Groups[1].Value;
        using var scored = Scored.Load(Checkout.PathTo("samples", "topics", "package"), "topics");

        AssertSame(JsonNode.Parse(Block(document, "text-answer"))!, scored.Score(body));
    }

    [SharedDataFact(Data)]
    public void Score_HeldOutTexts_HasTheAccuracyOfTheTrainer()
    {
        var test = TopicTraining.SplitOf(TopicTexts.Read(Checkout.SharedPathTo(Data))).Test;
        var stated = new TopicSample(Checkout.PathTo("samples", "topics")).ReadMetrics().Model.Accuracy;
        using var scored = Scored.Load(Checkout.PathTo("samples", "topics", "package"), "topics");

        var topics = test.Chunk(1000)
            .SelectMany(texts => scored.Score(Body(texts.Select(text => Encoding.UTF8.GetString(text.Text))))["predictions"]!.AsArray())
            .Select(prediction => (string?)prediction!["label"])
            .ToArray();

        var right = test.Where((text, index) => scored.Model.Config.Labels[text.Topic] == topics[index]).Count();

        // Among 3,071 texts float32 arithmetic may decide one tie the other way.
        Assert.True(test.Count >= 3000);
        Assert.Equal(stated, (double)right / test.Count, 1.0 / test.Count);
    }

    private static string Body(IEnumerable<string> texts) => JsonSerializer.Serialize(new { instances = texts, parameters = new { topK = 1 } });

    private static string Block(string readme, string mark)
        => Regex.Match(readme, $"<!-- {mark} -->\\s*```\\w*\\n(.*?)```", RegexOptions.Singleline).Groups[1].Value.Trim();

    private static void AssertSame(JsonNode expected, JsonNode actual)
    {
        switch (expected)
        {
            case JsonObject properties:
                Assert.All(properties, property => AssertSame(property.Value!, actual[property.Key]!));
                break;
            case JsonArray items:
                Assert.Equal(items.Count, actual.AsArray().Count);
                Assert.All(Enumerable.Range(0, items.Count), index => AssertSame(items[index]!, actual[index]!));
                break;
            case JsonValue number when number.TryGetValue<double>(out var value):
                Assert.Equal(value, (double)actual, Tolerance);
                break;
            default:
                Assert.Equal((string?)expected, (string?)actual);
                break;
        }
    }
}
