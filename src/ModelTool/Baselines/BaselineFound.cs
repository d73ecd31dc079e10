using System.Text.Json.Nodes;
using ModelTool.Training.Scoring;
using Scoring.Configuration;

namespace ModelTool.Baselines;

/// <summary>How a model's features, and its confidence, are spread in some rows.</summary>
/// <param name="Rows">Rows that were scored.</param>
/// <param name="Features">Those that can be counted, 64 at most.</param>
/// <param name="LeftOut">How many more there are, beyond what can be kept or without a value in any row.</param>
/// <param name="Confidences">The greatest probability of each prediction; none where the model gives none.</param>
/// <param name="Refused">Rows that the model refuses.</param>
/// <param name="FirstRefused">Why the first of them; null without any.</param>
internal sealed record BaselineFound(int Rows, IReadOnlyList<FeatureHistogram> Features, int LeftOut, IReadOnlyList<double> Confidences, int Refused, string? FirstRefused)
{
    /// <summary>Writes it into a model.json.</summary>
    public void Write(JsonObject config)
    {
        if (Confidences.Count > 0)
        {
            config["confidenceBaseline"] = Numbers(ConfidenceShares.Of(Confidences));
        }

        WriteFeatures(config);
    }

    /// <summary>Writes the features alone.</summary>
    public void WriteFeatures(JsonObject config) => config["featureBaseline"] = new JsonObject { ["rows"] = Rows, ["features"] = new JsonArray([.. Features.Select(Node)]) };

    private static JsonObject Node(FeatureHistogram feature)
    {
        var node = new JsonObject { ["name"] = feature.Name };
        if (feature.IsNumeric)
        {
            node["edges"] = Numbers(feature.Edges);
        }
        else
        {
            node["values"] = new JsonArray([.. feature.Values.Select(value => JsonValue.Create(value))]);
        }

        node["shares"] = Numbers(feature.Shares);
        if (feature.Missing > 0)
        {
            node["missing"] = feature.Missing;
        }

        return node;
    }

    private static JsonArray Numbers(IEnumerable<double> numbers) => [.. numbers.Select(number => (JsonNode)number)];
}
