using System.Text.Json;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>Predictions read back from their JSON, which is what callers get.</summary>
internal static class Prediction
{
    /// <summary>The probabilities in the order of the labels.</summary>
    public static float[] Probabilities(ScoringBatch batch, int row)
    {
        using var prediction = Read(batch, row);
        return [.. prediction.RootElement.GetProperty("probabilities").EnumerateObject().Select(entry => entry.Value.GetSingle())];
    }

    /// <summary>The prediction as a document.</summary>
    public static JsonDocument Read(ScoringBatch batch, int row)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            batch.WritePrediction(writer, row, topK: null);
        }

        return JsonDocument.Parse(bytes.ToArray());
    }

    /// <summary>The label, or the labels; of a model that abstains the most probable one; null where the model gives none.</summary>
    public static string? Label(JsonElement prediction) =>
        !prediction.TryGetProperty("label", out var label) && !prediction.TryGetProperty("labels", out label) ? null
        : label.ValueKind == JsonValueKind.Null ? prediction.GetProperty("probabilities").EnumerateObject().MaxBy(entry => Numbers(entry.Value).FirstOrDefault(double.NaN)).Name
        : label.ToString();

    /// <summary>What a model answers beside its label, by name: its outputs, or <c>probabilities</c>, <c>value</c> or <c>embedding</c>.</summary>
    public static IEnumerable<KeyValuePair<string, JsonElement>> Outputs(JsonElement prediction) =>
        (prediction.TryGetProperty("outputs", out var outputs) ? outputs : prediction).EnumerateObject()
        .Where(property => outputs.ValueKind == JsonValueKind.Object || property.Name is "probabilities" or "value" or "embedding")
        .Select(property => KeyValuePair.Create(property.Name, property.Value));

    /// <summary>Every number of a prediction, in its order.</summary>
    public static IEnumerable<double> Numbers(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => [value.GetDouble()],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Numbers),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Numbers(property.Value)),
        _ => [],
    };
}
