using System.Text.Json;
using Scoring.Serving;

namespace Scoring.Protocol.OpenAi;

/// <summary>Writes embeddings as OpenAI's clients read them, and how many tokens their inputs had.</summary>
public static class EmbeddingsResponse
{
    /// <summary>Writes the embeddings of a batch that has run, in the order of its inputs, and flushes the writer.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="batch">Of a model whose task is embedding.</param>
    /// <param name="model">The model as the request named it.</param>
    /// <param name="options">As <see cref="EmbeddingsRequest"/> read them.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InferenceFailed"/> when an embedding is not finite.</exception>
    public static void Write(Utf8JsonWriter writer, ScoringBatch batch, string model, in PredictionOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        for (var row = 0; row < batch.Count; row++)
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "embedding"u8);
            writer.WriteNumber("index"u8, row);

            // The embedding, and whether its text was cut, which clients that do not know of it pass over.
            batch.WritePredictionProperties(writer, row, options);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("model"u8, model);
        writer.WriteString("version"u8, batch.Model.Package.Version);
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, batch.TokenCount);
        writer.WriteNumber("total_tokens"u8, batch.TokenCount);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
    }
}
