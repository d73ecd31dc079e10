using System.Text.Json;

namespace Scoring.Features.Text.HuggingFace;

/// <summary>Writes the form of a tokenizer.json.</summary>
internal static class TokenizerForm
{
    /// <summary>Writes one.</summary>
    /// <param name="normalizer">JSON.</param>
    /// <param name="preTokenizer">JSON.</param>
    /// <param name="postProcessor">JSON.</param>
    /// <param name="added">Tokens found in texts as they stand, and those that stand around them, with their ids.</param>
    /// <param name="writeModel">Writes the properties of the model.</param>
    public static byte[] Write(string normalizer, string preTokenizer, string postProcessor, IEnumerable<AddedForm> added, Action<Utf8JsonWriter> writeModel)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("version", "1.0");
            writer.WriteStartArray("added_tokens");
            foreach (var token in added)
            {
                writer.WriteStartObject();
                writer.WriteNumber("id", token.Id);
                writer.WriteString("content", token.Content);
                writer.WriteBoolean("single_word", false);
                writer.WriteBoolean("lstrip", token.TakesSpaceBefore);
                writer.WriteBoolean("rstrip", false);
                writer.WriteBoolean("normalized", token.IsNormalized);
                writer.WriteBoolean("special", token.IsSpecial);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            Raw("normalizer", normalizer);
            Raw("pre_tokenizer", preTokenizer);
            Raw("post_processor", postProcessor);
            writer.WriteStartObject("model");
            writeModel(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();

            void Raw(string name, string json)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(json);
            }
        }

        return stream.ToArray();
    }

    /// <summary>A <c>TemplateProcessing</c>: <c>&lt;s&gt; A &lt;/s&gt;</c>, each part a token, or a text, A or B; what follows a bar has the type 1.</summary>
    public static string Template(string single, string pair)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "TemplateProcessing");
            Parts(writer, "single", single);
            Parts(writer, "pair", pair);
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Parts(Utf8JsonWriter writer, string name, string template)
    {
        writer.WriteStartArray(name);
        var type = 0;
        foreach (var part in template.Split(' '))
        {
            if (part == "|")
            {
                type = 1;
                continue;
            }

            writer.WriteStartObject();
            writer.WriteStartObject(part is "A" or "B" ? "Sequence" : "SpecialToken");
            writer.WriteString("id", part);
            writer.WriteNumber("type_id", type);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
