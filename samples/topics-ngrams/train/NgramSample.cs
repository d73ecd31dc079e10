using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Samples.Topics;
using Samples.Training;
using Scoring.Configuration;
using Scoring.Features.Text;

namespace Samples.TopicsNgrams;

/// <summary>The sample's folder: where its committed files stand and what they are made of.</summary>
public sealed class NgramSample(string folder)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public List<CurvePoint> ReadPoints() => JsonSerializer.Deserialize<List<CurvePoint>>(File.ReadAllText(PathTo("results.json")), Json)!;

    public List<Timing> ReadTimings() => JsonSerializer.Deserialize<List<Timing>>(File.ReadAllText(PathTo("timings.json")), Json)!;

    /// <summary>The package of the chosen point, trained again: file name → content.</summary>
    public Dictionary<string, byte[]> Package(CurvePoint chosen, Curve curve)
    {
        var (set, split) = (curve.Set, curve.Split);
        var model = curve.Train(chosen.Terms);
        var temperature = Temperature.Fit(
            [.. set.Tokenize(model.Vocabulary, split.Validation).Select(text => model.Score(text.Ids))],
            [.. split.Validation.Select(text => text.Topic)]);
        double[] Probabilities(string text)
        {
            var tokens = set.Tokenize(model.Vocabulary, [new TopicText("", 0, Encoding.UTF8.GetBytes(text))])[0].Ids;
            return Temperature.Softmax(model.Score(tokens), temperature);
        }

        var examples = new ExampleTexts(PathTo(Path.Combine("..", "topics", "examples.jsonl")), Probabilities);
        return new Dictionary<string, byte[]>
        {
            ["golden.json"] = Encoding.UTF8.GetBytes(examples.ToGolden()),
            ["model.onnx"] = model.ToOnnx(),
            ["model.json"] = Encoding.UTF8.GetBytes(ModelJson(set, temperature)),
            ["vocabulary.txt"] = Encoding.UTF8.GetBytes(model.VocabularyText),
        };
    }

    public void Write(IReadOnlyList<CurvePoint> points, IReadOnlyList<Timing> timings, IReadOnlyList<Curve> curves)
    {
        File.WriteAllText(PathTo("results.json"), JsonSerializer.Serialize(points, Json) + "\n");
        File.WriteAllText(PathTo("timings.json"), JsonSerializer.Serialize(timings, Json) + "\n");
        File.WriteAllText(PathTo("plot.svg"), Plot.Render(points));
        Directory.CreateDirectory(PathTo("package"));
        var chosen = Choice.Of(points);
        foreach (var (file, content) in Package(chosen, curves.Single(curve => curve.Set.Name == chosen.Set)))
        {
            File.WriteAllBytes(PathTo(Path.Combine("package", file)), content);
        }

        var readme = PathTo("README.md");
        File.WriteAllText(readme, ReadmeBlock.Replace(File.ReadAllText(readme), Figures.Block, Figures.Render(points, timings)));
    }

    private static string ModelJson(TermSet set, double temperature) => new JsonObject
    {
        ["description"] = "Topic of a software description, one of sixteen sections of the Debian archive, by a sum over its terms.",
        ["task"] = "classification",
        ["labels"] = new JsonArray([.. Topic.Names.Select(name => JsonValue.Create(name))]),
        ["sloMilliseconds"] = 50,
        ["unknownFeatures"] = "refuse",
        ["features"] = new JsonArray(new JsonObject
        {
            ["name"] = "text",
            ["type"] = "text",
            ["tokenizer"] = Tokenizer(set),
            ["description"] = "what the software does, in English: a line or a few paragraphs",
        }),
        ["outputs"] = new JsonObject { ["probabilities"] = "probabilities" },
        ["calibration"] = new JsonObject { ["method"] = "temperature", ["temperature"] = temperature },
        ["maxRows"] = 128,
    }.ToJsonString(Json) + "\n";

    private static JsonObject Tokenizer(TermSet set)
    {
        var config = set.Tokenizer;
        var json = new JsonObject { ["type"] = WordsConfig.Words, ["vocabulary"] = config.Vocabulary, ["wordNgrams"] = config.WordNgrams };
        if (config.CharacterNgrams is { } range)
        {
            json["characterNgrams"] = new JsonObject { ["min"] = range.Min, ["max"] = range.Max };
        }

        json["maxTokens"] = config.MaxTokens;
        return json;
    }

    private string PathTo(string path) => Path.Combine(folder, path);
}
