using System.Text.Json;
using Scoring.Configuration;
using Scoring.Serving;

namespace Scoring.Protocol;

/// <summary>Writes how a model makes embeddings.</summary>
internal static class EmbeddingDescription
{
    /// <summary>Writes the property <c>embedding</c> of a model's description.</summary>
    public static void Write(Utf8JsonWriter writer, EmbeddingPlan plan)
    {
        writer.WriteStartObject("embedding"u8);
        WriteCount(writer, "dimensions", plan.Dimensions ?? plan.Width);
        WriteCount(writer, "maxDimensions", plan.Width);
        writer.WriteString("pooling"u8, EmbeddingConfigReader.Poolings[(int)plan.Pooling]);
        writer.WriteBoolean("normalize"u8, plan.Normalizes);
        writer.WriteString("encoding"u8, EmbeddingConfigReader.Encodings[(int)plan.Encoding]);
        writer.WriteStartArray("purposes"u8);
        foreach (var purpose in plan.Purposes)
        {
            writer.WriteStringValue(purpose);
        }

        writer.WriteEndArray();
        writer.WriteString("purpose"u8, plan.UsualPurpose);
        writer.WriteEndObject();
    }

    private static void WriteCount(Utf8JsonWriter writer, string name, long count)
    {
        if (count < 0)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteNumber(name, count);
        }
    }
}
