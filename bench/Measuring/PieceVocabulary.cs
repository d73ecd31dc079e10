using System.Text.Json.Nodes;

namespace Scoring.Bench.Measuring;

/// <summary>A tokenizer.json of BERT's kind, its pieces the frequent words of some texts, their endings and single characters.</summary>
internal static class PieceVocabulary
{
    private const int Words = 6000;
    private const int Endings = 1400;
    private static readonly string[] Specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>Writes the file; fewer than 8,000 pieces.</summary>
    public static void Write(string path, IEnumerable<string> texts)
    {
        var words = Frequent(texts.SelectMany(text => text.ToLowerInvariant().Split([.. " \n\t.,:;()/-\"'*<>[]"], StringSplitOptions.RemoveEmptyEntries)), Words);
        var endings = Frequent(words.Where(word => word.Length > 3).Select(word => "##" + word[^3..]), Endings);
        var characters = Enumerable.Range(0x21, 0x5E).Select(point => (char)point).SelectMany(character => new[] { $"{character}", $"##{character}" });
        WritePieces(path, Specials.Concat(words).Concat(endings).Concat(characters).Distinct());
    }

    /// <summary>Writes the file of a vocab.txt, uncased, whose special tokens may stand anywhere.</summary>
    public static void Convert(string vocabulary, string path) => WritePieces(path, File.ReadLines(vocabulary));

    private static void WritePieces(string path, IEnumerable<string> pieces)
    {
        var vocabulary = new JsonObject();
        foreach (var piece in pieces)
        {
            vocabulary[piece] = vocabulary.Count;
        }

        int IdOf(string token) => vocabulary[token]!.GetValue<int>();
        File.WriteAllText(path, new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([.. Specials.Select(token => new JsonObject { ["id"] = IdOf(token), ["content"] = token, ["special"] = true, ["normalized"] = false })]),
            ["normalizer"] = new JsonObject { ["type"] = "BertNormalizer", ["clean_text"] = true, ["handle_chinese_chars"] = true, ["strip_accents"] = null, ["lowercase"] = true },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = new JsonObject { ["type"] = "BertProcessing", ["sep"] = new JsonArray("[SEP]", IdOf("[SEP]")), ["cls"] = new JsonArray("[CLS]", IdOf("[CLS]")) },
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject { ["type"] = "WordPiece", ["unk_token"] = "[UNK]", ["continuing_subword_prefix"] = "##", ["max_input_chars_per_word"] = 100, ["vocab"] = vocabulary },
        }.ToJsonString());
    }

    private static string[] Frequent(IEnumerable<string> words, int count)
        => [.. words.CountBy(word => word).OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal).Take(count).Select(word => word.Key)];
}
