using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Protocol;
using Scoring.Protocol.OpenAi;
using Scoring.Serving;

namespace Scoring.Tests.Embeddings;

/// <summary>A model asked as OpenAI's clients ask, without a transport.</summary>
internal static class Embedded
{
    public static JsonNode Answer(LoadedModel model, string body, int maxInstances = 1024)
    {
        var utf8 = Encoding.UTF8.GetBytes(body);
        var asked = EmbeddingsRequest.ReadModel(utf8);
        using var batch = model.RentBatch();
        var options = EmbeddingsRequest.Read(utf8, batch, maxInstances);
        batch.Run(CancellationToken.None);
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, ScoreResponse.WriterOptions);
        EmbeddingsResponse.Write(writer, batch, asked.Id, options);
        return JsonNode.Parse(buffer.WrittenSpan)!;
    }
}
