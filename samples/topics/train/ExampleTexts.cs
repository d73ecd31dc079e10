using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Samples.Topics;

/// <summary>Texts of this project's own writing: examples.jsonl, and the cases and the request made of them.</summary>
public sealed class ExampleTexts
{
    /// <summary>Decimals of an expected probability: well below the tolerance.</summary>
    private const int Decimals = 8;

    private const int GoldenCount = 12;

    /// <summary>Texts at the edges of what a tokenizer may meet.</summary>
    private static readonly (string Name, string Text)[] Edges =
    [
        ("no text at all", ""),
        ("no word of the vocabulary", "Qwrtzpsdfg! 🙂"),
        ("capitals, accents and a NUL", "RÉSUMÉ OF A MAIL SERVER\0 with IMAP"),
        ("more tokens than count", string.Concat(Enumerable.Repeat("chess game engine with graphics ", 200))),
    ];

    private readonly List<(string Text, int Topic)> examples;

    public ExampleTexts(string path) => examples =
    [
        .. File.ReadLines(path).Select(line =>
        {
            using var example = JsonDocument.Parse(line);
            return (example.RootElement.GetProperty("text").GetString()!, Topic.IndexOf(example.RootElement.GetProperty("topic").GetString()!));
        }),
    ];

    /// <summary>How many examples the model puts where they belong.</summary>
    public (int Right, int Count) Count(TopicTraining training) =>
        (examples.Count(example => MostProbable(training, example.Text).Topic == example.Topic), examples.Count);

    /// <summary>golden.json: every fourth example and the edges, with probabilities in double arithmetic, calibrated as model.json says.</summary>
    public string ToGolden(TopicTraining training)
    {
        var cases = examples
            .Where((_, index) => index % (examples.Count / GoldenCount) == 0)
            .Select(example => (Name: "about " + Topic.Names[example.Topic], example.Text))
            .Concat(Edges)
            .Select(golden => "    " + Json(new JsonObject
            {
                ["name"] = golden.Name,
                ["instance"] = new JsonObject { ["text"] = golden.Text },
                ["prediction"] = Prediction(training, golden.Text),
            }));
        return $"{{\n  \"tolerance\": 1e-5,\n  \"cases\": [\n{string.Join(",\n", cases)}\n  ]\n}}\n";
    }

    /// <summary>request.json: two examples and the three most probable topics of each.</summary>
    public string ToRequest()
    {
        var instances = ((int[])[15, 42]).Select(index => "    " + Json(new JsonObject { ["text"] = examples[index].Text }));
        return $"{{\n  \"instances\": [\n{string.Join(",\n", instances)}\n  ],\n  \"parameters\": {{ \"topK\": 3 }}\n}}\n";
    }

    /// <summary>The README's table of the request's answers.</summary>
    public string ToAnswers(TopicTraining training)
    {
        var text = new StringBuilder("| text | topics |\n| --- | --- |\n");
        foreach (var index in (int[])[15, 42])
        {
            var best = Probabilities(training, examples[index].Text)
                .Select((probability, topic) => (probability, topic))
                .OrderByDescending(pair => pair.probability)
                .Take(3)
                .Select(pair => FormattableString.Invariant($"{Topic.Names[pair.topic]} {pair.probability:0.000}"));
            text.Append("| ").Append(examples[index].Text).Append(" | ").AppendJoin(", ", best).Append(" |\n");
        }

        return text.ToString().Trim('\n');
    }

    private static JsonObject Prediction(TopicTraining training, string text)
    {
        var probabilities = new JsonObject();
        foreach (var (probability, topic) in Probabilities(training, text).Select((probability, topic) => (probability, topic)))
        {
            probabilities[Topic.Names[topic]] = Math.Round(probability, Decimals);
        }

        var best = MostProbable(training, text);
        return new JsonObject
        {
            ["label"] = Topic.Names[best.Topic],
            ["probability"] = Math.Round(best.Probability, Decimals),
            ["probabilities"] = probabilities,
        };
    }

    private static (int Topic, double Probability) MostProbable(TopicTraining training, string text)
    {
        var probabilities = Probabilities(training, text);
        return (Array.IndexOf(probabilities, probabilities.Max()), probabilities.Max());
    }

    private static double[] Probabilities(TopicTraining training, string text)
    {
        var scores = training.Fit.Score(training.Settings, [new TopicText("", 0, Encoding.UTF8.GetBytes(text))]);
        return Temperature.Softmax(scores[0], training.Metrics.Temperature);
    }

    private static string Json(JsonObject json) => json.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
