using System.Text.Encodings.Web;
using System.Text.Json;
using Scoring.Outcomes;
using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring.Protocol;

/// <summary>Writes <c>{"model":…,"version":…,"predictions":[…]}</c>.</summary>
public static class ScoreResponse
{
    private static readonly JsonEncodedText Model = JsonEncodedText.Encode("model");
    private static readonly JsonEncodedText Version = JsonEncodedText.Encode("version");
    private static readonly JsonEncodedText Predictions = JsonEncodedText.Encode("predictions");

    /// <summary>
    /// How JSON is written: shortest spelling, no indentation; quotes and non-ASCII text as they are, since it is never put into HTML.
    /// Structure comes from this code alone, so the writer's own checks are off.
    /// </summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the predictions of a batch that has run, in the order of its instances, and flushes the writer. Confidences and features are counted where <paramref name="metrics"/> are given, and each prediction has a receipt where <paramref name="receipts"/> are. The first one's says that a rollout dealt the request out where <paramref name="visitor"/> says so: what comes true of several predictions of one request is no independent evidence.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InferenceFailed"/> when the model's scores do not fit its labels.</exception>
    public static void Write(Utf8JsonWriter writer, ScoringBatch batch, ScoreParameters parameters, ScoringMetrics? metrics = null, ReceiptIssuer? receipts = null, ulong? visitor = null)
    {
        var package = batch.Model.Package;
        var options = parameters.Options with { Receipts = receipts, Visitor = visitor };
        writer.WriteStartObject();
        writer.WriteString(Model, package.Name);
        writer.WriteString(Version, package.Version);
        writer.WriteStartArray(Predictions);
        for (var row = 0; row < batch.Count; row++)
        {
            var confidence = batch.WritePrediction(writer, row, options);
            options = options with { Visitor = null };
            if (metrics is not null && !double.IsNaN(confidence))
            {
                metrics.Confidence(package.Name, package.Version, confidence);
            }
        }

        if (metrics is not null)
        {
            batch.CountFeatures();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
    }
}
