using System.Text;
using System.Text.Json;

namespace Scoring.Features.Text.HuggingFace;

/// <summary><c>vocab.json</c> beside <c>merges.txt</c>, as transformers turns it into a tokenizer.json, for the families of <see cref="Families"/>.</summary>
internal static class MergesForm
{
    /// <summary>What stands beside the vocabulary.</summary>
    public const string MergesName = "merges.txt";

    /// <summary>The families that it knows.</summary>
    public const string Families = "gpt2, roberta, clip, deberta";

    private const string ClipWords = @"'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

    /// <summary>The form of a tokenizer.json; null for another family.</summary>
    /// <exception cref="InvalidDataException">A file holds what it should not.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static byte[]? Write(string family, byte[] vocabulary, string mergesPath, TokenizerSettings settings)
    {
        using var tokens = Parse(vocabulary);
        var ids = tokens.RootElement.EnumerateObject().Where(token => token.Value.ValueKind == JsonValueKind.Number && token.Value.TryGetInt32(out _))
            .ToDictionary(token => token.Name, token => token.Value.GetInt32(), StringComparer.Ordinal);
        var prefix = settings.Flag("add_prefix_space") == true ? "true" : "false";
        var byteLevel = $$"""{"type":"ByteLevel","add_prefix_space":{{prefix}},"trim_offsets":true,"use_regex":true}""";
        return family switch
        {
            "gpt2" => Form("null", byteLevel, """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true}""", "", ["<|endoftext|>"]),
            "roberta" => Form(
                "null", byteLevel, $$"""{"type":"RobertaProcessing","sep":["</s>",{{Id("</s>")}}],"cls":["<s>",{{Id("<s>")}}],"trim_offsets":true,"add_prefix_space":{{prefix}}}""", "",
                ["<s>", "</s>", "<unk>", "<pad>"], mask: "<mask>"),
            "deberta" => Form("null", byteLevel, TokenizerForm.Template("[CLS] A [SEP]", "[CLS] A [SEP] | B [SEP]"), "", ["[CLS]", "[SEP]", "[UNK]", "[PAD]"], mask: "[MASK]"),
            "clip" => Form(
                """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "},{"type":"Lowercase"}]}""",
                $$"""{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"{{ClipWords}}"},"behavior":"Removed","invert":true},{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]}""",
                $$"""{"type":"RobertaProcessing","sep":["<|endoftext|>",{{Id("<|endoftext|>")}}],"cls":["<|startoftext|>",{{Id("<|startoftext|>")}}],"trim_offsets":false,"add_prefix_space":false}""", "</w>",
                ["<|startoftext|>", "<|endoftext|>"], unknown: "<|endoftext|>", isNormalized: true),
            _ => null,
        };

        int Id(string token) => ids.GetValueOrDefault(token);

        byte[] Form(string normalizer, string pre, string post, string suffix, string[] specials, string? mask = null, string? unknown = null, bool isNormalized = false) => TokenizerForm.Write(
            normalizer, pre, post,
            specials.Append(mask).OfType<string>().Where(ids.ContainsKey).Select(token => new AddedForm(token, Id(token), TakesSpaceBefore: token == mask && family == "roberta", IsNormalized: isNormalized)),
            writer => WriteModel(writer, tokens.RootElement, mergesPath, suffix, unknown));
    }

    private static JsonDocument Parse(byte[] vocabulary)
    {
        try
        {
            var document = JsonDocument.Parse(vocabulary);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new InvalidDataException($"found {document.RootElement.ValueKind}; expected an object of tokens and their ids");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"no JSON: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    private static void WriteModel(Utf8JsonWriter writer, JsonElement vocabulary, string mergesPath, string suffix, string? unknown)
    {
        writer.WriteString("type", "BPE");
        writer.WriteString("unk_token", unknown);
        writer.WriteString("continuing_subword_prefix", "");
        writer.WriteString("end_of_word_suffix", suffix);
        writer.WriteBoolean("fuse_unk", false);
        writer.WriteBoolean("byte_fallback", false);
        writer.WritePropertyName("vocab");
        vocabulary.WriteTo(writer);
        writer.WriteStartArray("merges");
        foreach (var line in File.ReadLines(mergesPath, Encoding.UTF8).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal)))
        {
            writer.WriteStringValue(line);
        }

        writer.WriteEndArray();
    }
}
