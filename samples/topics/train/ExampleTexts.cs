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

    private readonly Func<string, double[]> probabilities;
    private readonly List<(string Text, int Topic)> examples;

    /// <param name="path">examples.jsonl.</param>
    /// <param name="probabilities">What the model gives for a text, calibrated as its model.json says.</param>
    public ExampleTexts(string path, Func<string, double[]> probabilities)
    {
        this.probabilities = probabilities;
        examples =
        [
            .. File.ReadLines(path).Select(line =>
            {
                using var example = JsonDocument.Parse(line);
                return (example.RootElement.GetProperty("text").GetString()!, Topic.IndexOf(example.RootElement.GetProperty("topic").GetString()!));
            }),
        ];
    }

    /// <summary>How many examples the model puts where they belong.</summary>
    public (int Right, int Count) Count() => (examples.Count(example => MostProbable(example.Text).Topic == example.Topic), examples.Count);

    /// <summary>golden.json: every fourth example and the edges, with the probabilities that they must get.</summary>
    public string ToGolden()
    {
        var cases = examples
            .Where((_, index) => index % (examples.Count / GoldenCount) == 0)
            .Select(example => (Name: "about " + Topic.Names[example.Topic], example.Text))
            .Concat(Edges)
            .Select(golden => "    " + Json(new JsonObject
            {
                ["name"] = golden.Name,
                ["instance"] = new JsonObject { ["text"] = golden.Text },
                ["prediction"] = Prediction(golden.Text),
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
    public string ToAnswers()
    {
        var text = new StringBuilder("| text | topics |\n| --- | --- |\n");
        foreach (var index in (int[])[15, 42])
        {
            var best = probabilities(examples[index].Text)
                .Select((probability, topic) => (probability, topic))
                .OrderByDescending(pair => pair.probability)
                .Take(3)
                .Select(pair => FormattableString.Invariant($"{Topic.Names[pair.topic]} {pair.probability:0.000}"));
            text.Append("| ").Append(examples[index].Text).Append(" | ").AppendJoin(", ", best).Append(" |\n");
        }

        return text.ToString().Trim('\n');
    }

    private JsonObject Prediction(string text)
    {
        var byTopic = new JsonObject();
        foreach (var (probability, topic) in probabilities(text).Select((probability, topic) => (probability, topic)))
        {
            byTopic[Topic.Names[topic]] = Math.Round(probability, Decimals);
        }

        var best = MostProbable(text);
        return new JsonObject
        {
            ["label"] = Topic.Names[best.Topic],
            ["probability"] = Math.Round(best.Probability, Decimals),
            ["probabilities"] = byTopic,
        };
    }

    private (int Topic, double Probability) MostProbable(string text)
    {
        var row = probabilities(text);
        return (Array.IndexOf(row, row.Max()), row.Max());
    }

    private static string Json(JsonObject json) => json.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
