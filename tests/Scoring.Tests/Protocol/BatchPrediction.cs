using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Serving;

namespace Scoring.Tests.Protocol;

internal static class BatchPrediction
{
    /// <summary>The prediction of one row, as JSON.</summary>
    public static JsonNode Prediction(this ScoringBatch batch, int row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            batch.WritePrediction(writer, row, topK: null);
        }

        return JsonNode.Parse(buffer.WrittenSpan)!;
    }
}
