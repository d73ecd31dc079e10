using System.Text.Json.Nodes;
using Scoring.Calibration;
using Scoring.Configuration;

namespace ModelTool.Calibrating;

/// <summary>A calibration as <c>model.json</c> states it.</summary>
internal static class CalibrationNode
{
    public static JsonObject From(CalibrationConfig config)
    {
        var node = new JsonObject { ["method"] = config.Method.ToString().ToLowerInvariant() };
        switch (config.Method)
        {
            case CalibrationMethod.Temperature:
                node["temperature"] = config.Temperature;
                break;
            case CalibrationMethod.Isotonic:
                node["scores"] = Numbers(config.Scores);
                node["frequencies"] = Numbers(config.Frequencies);
                break;
            default:
                node["scales"] = Numbers(config.Scales);
                node["offsets"] = Numbers(config.Offsets);
                break;
        }

        if (config.MapsTop)
        {
            node["scores"] = Numbers(config.Scores);
            node["frequencies"] = Numbers(config.Frequencies);
        }

        return node;
    }

    private static JsonArray Numbers(IReadOnlyList<double> numbers) => [.. numbers.Select(number => (JsonNode)number)];
}
