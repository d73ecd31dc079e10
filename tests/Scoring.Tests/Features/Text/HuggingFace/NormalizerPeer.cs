using System.Text;
using System.Text.Json.Nodes;
using Tokenizers.DotNet;

namespace Scoring.Tests.Features.Text.HuggingFace;

/// <summary>
/// What a normalizer and a pre-tokenizer of Hugging Face's make of a text. Behind them is a model whose tokens are bytes, so that its ids are the text.
/// </summary>
internal sealed class NormalizerPeer : IDisposable
{
    private readonly Tokenizer tokenizer;

    /// <param name="normalizer">As in a tokenizer.json.</param>
    /// <param name="preTokenizer">As there; null for none.</param>
    public NormalizerPeer(JsonNode normalizer, JsonNode? preTokenizer)
    {
        var bytes = Enumerable.Range(0, 0x100).Select(value => KeyValuePair.Create($"<0x{value:X2}>", (JsonNode?)(value + 1)));
        var file = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = normalizer,
            ["pre_tokenizer"] = preTokenizer,
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = "<unk>",
                ["fuse_unk"] = true,
                ["byte_fallback"] = true,
                ["vocab"] = new JsonObject(bytes.Prepend(KeyValuePair.Create("<unk>", (JsonNode?)0))),
                ["merges"] = new JsonArray(),
            },
        };
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(path, file.ToJsonString());
        tokenizer = new Tokenizer(path);
        File.Delete(path);
    }

    /// <summary>The words of a text.</summary>
    public string Words(string text) => Encoding.UTF8.GetString([.. tokenizer.Encode(text).Select(id => (byte)(id - 1))]);

    /// <summary>What a character becomes, were it one of a word; null where it is left out, starts a word or is one.</summary>
    public string Becomes(Rune character) => Words($"a{character}b")[2..^1];

    public void Dispose() => tokenizer.Dispose();
}
