using System.Text.Json.Nodes;
using Scoring.Configuration;
using Scoring.Features.Text;
using Scoring.Features.Text.WordPiece;
using TestCommon;

namespace Scoring.Tests.Features.Text.WordPiece;

/// <summary>Tokenizer files of a few pieces, or of a great many, in a folder of their own.</summary>
internal sealed class PieceFiles : IDisposable
{
    /// <summary>Ids 0 to 4, as BERT's files have them first.</summary>
    public static readonly string[] Specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    private readonly TemporaryFolder folder = new();

    public string Folder => folder.Root;

    /// <summary>Where tokenizer.json is.</summary>
    public string TokenizerPath => folder.PathTo("tokenizer.json");

    /// <summary>A tokenizer by vocab.txt: the special tokens and these pieces, with ids from 5.</summary>
    public WordPieceTokenizer Text(WordPieceConfig config, params string[] pieces)
    {
        File.WriteAllLines(folder.PathTo("vocab.txt"), [.. Specials, .. pieces]);
        return WordPieceTokenizer.Load(config with { Vocabulary = "vocab.txt" }, Folder);
    }

    /// <summary>A tokenizer by tokenizer.json.</summary>
    public WordPieceTokenizer Json(JsonObject file, WordPieceConfig? config = null)
    {
        File.WriteAllText(TokenizerPath, file.ToJsonString());
        return (WordPieceTokenizer)TextTokenizers.Load((config ?? new WordPieceConfig()) with { Vocabulary = "tokenizer.json" }, Folder);
    }

    /// <summary>A tokenizer.json as Hugging Face writes it for BERT.</summary>
    public static JsonObject Bert(IEnumerable<string> pieces, bool clean = true, bool split = true, bool? strip = null, bool lowercase = true)
    {
        var vocabulary = new JsonObject();
        foreach (var piece in Specials.Concat(pieces))
        {
            vocabulary.Add(piece, vocabulary.Count);
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. Specials.Select((token, id) => new JsonObject
            {
                ["id"] = id, ["content"] = token, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
            })]),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = clean,
                ["handle_chinese_chars"] = split,
                ["strip_accents"] = strip,
                ["lowercase"] = lowercase,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = new JsonObject { ["type"] = "BertProcessing", ["sep"] = new JsonArray("[SEP]", 3), ["cls"] = new JsonArray("[CLS]", 2) },
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = "[UNK]",
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = vocabulary,
            },
        };
    }

    public void Dispose() => folder.Dispose();
}
