using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Samples.Topics;

/// <summary>model.json: how the server makes tokens of a text and a topic of the scores.</summary>
public static class TopicModelJson
{
    /// <summary>Rows of one run: at 512 tokens each they hold some 16 MB of embeddings on their way.</summary>
    private const int MaxRows = 128;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(TopicTraining training) => new JsonObject
    {
        ["description"] = "Topic of a software description, one of sixteen sections of the Debian archive.",
        ["task"] = "classification",
        ["labels"] = new JsonArray([.. Topic.Names.Select(name => JsonValue.Create(name))]),
        ["sloMilliseconds"] = 50,
        ["unknownFeatures"] = "refuse",
        ["features"] = new JsonArray(new JsonObject
        {
            ["name"] = "text",
            ["type"] = "text",
            ["tokenizer"] = new JsonObject
            {
                ["type"] = "words",
                ["vocabulary"] = TopicFit.Tokenizer(training.Settings).Vocabulary,
                ["maxTokens"] = training.Settings.MaxTokens,
            },
            ["description"] = "what the software does, in English: a line or a few paragraphs",
        }),
        ["outputs"] = new JsonObject { ["probabilities"] = "probabilities" },
        ["calibration"] = new JsonObject { ["method"] = "temperature", ["temperature"] = training.Metrics.Temperature },
        ["maxRows"] = MaxRows,
        ["confidenceBaseline"] = new JsonArray([.. training.Metrics.ConfidenceBaseline.Select(share => JsonValue.Create(share))]),
    }.ToJsonString(Json) + "\n";
}
