using System.Text;
using System.Text.Json.Nodes;
using Scoring.Features.Text.WordPiece;
using TestCommon;
using Tokenizers.DotNet;

namespace Scoring.Tests.Features.Text.WordPiece;

/// <summary>
/// Hugging Face's own BERT normalizer and pre-tokenizer, made visible: a bar begins each word. Behind them is a model whose tokens are bytes, so that its ids
/// are the text.
/// </summary>
internal sealed class NormalizerPeer : IDisposable
{
    private readonly Tokenizer tokenizer;

    public NormalizerPeer(CharacterRules rules)
    {
        using var folder = new TemporaryFolder();
        var bytes = Enumerable.Range(0, 0x100).Select(value => KeyValuePair.Create($"<0x{value:X2}>", (JsonNode?)(value + 1)));
        var file = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = rules.CleanText,
                ["handle_chinese_chars"] = rules.SplitIdeographs,
                ["strip_accents"] = rules.StripAccents,
                ["lowercase"] = rules.Lowercase,
            },
            ["pre_tokenizer"] = JsonNode.Parse("""{"type":"Sequence","pretokenizers":[{"type":"BertPreTokenizer"},{"type":"Metaspace","replacement":"|","prepend_scheme":"always","split":false}]}"""),
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
        File.WriteAllText(folder.PathTo("tokenizer.json"), file.ToJsonString());
        tokenizer = new Tokenizer(folder.PathTo("tokenizer.json"));
    }

    /// <summary>The words of a text.</summary>
    public string Words(string text) => Encoding.UTF8.GetString([.. tokenizer.Encode(text).Select(id => (byte)(id - 1))]);

    /// <summary>What a character becomes, were it one of a word; null where it is left out, starts a word or is one.</summary>
    public string Becomes(Rune character) => Words($"a{character}b")[2..^1];

    public void Dispose() => tokenizer.Dispose();
}
