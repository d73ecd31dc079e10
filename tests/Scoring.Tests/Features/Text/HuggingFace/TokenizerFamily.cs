using System.Text.Json.Nodes;

namespace Scoring.Tests.Features.Text.HuggingFace;

/// <summary>Tokenizer files of public families: each family's published normalizer, pre-tokenizer and post-processor, around a vocabulary learnt from texts.</summary>
internal static class TokenizerFamily
{
    public static readonly string[] Names = ["bert-uncased", "bert-multilingual", "roberta", "roberta-prefix", "gpt2", "xlm-roberta", "t5", "clip", "wordlevel", "llama", "mpnet"];

    private const int Merges = 400;
    private const int Pieces = 3000;

    public static JsonObject Create(string name, string[] texts) => name switch
    {
        "bert-uncased" => Bert(texts, lowercase: true, null),
        "bert-multilingual" => Bert(texts, lowercase: false, null),
        "mpnet" => Bert(texts, lowercase: true, Template("[CLS] A [SEP]", "[CLS] A [SEP] [SEP] B [SEP]", ("[CLS]", 2), ("[SEP]", 3))),
        "roberta" => Roberta(texts, prefix: false),
        "roberta-prefix" => Roberta(texts, prefix: true),
        "gpt2" => ByteLevel(
            texts, ["<|endoftext|>"], [], """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}""",
            """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true}"""),
        "clip" => Clip(texts),
        "xlm-roberta" => Unigram(texts, ["<s>", "<pad>", "</s>", "<unk>"], ["<mask>"], 3, Template("<s> A </s>", "<s> A </s> </s> B </s>", ("<s>", 0), ("</s>", 2))),
        "t5" => Unigram(texts, ["<pad>", "</s>", "<unk>"], [.. Enumerable.Range(0, 100).Select(index => $"<extra_id_{99 - index}>")], 2, Template("A </s>", "A </s> B </s>", ("</s>", 1))),
        "wordlevel" => WordLevel(texts),
        "llama" => Llama(texts),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static JsonObject Bert(string[] texts, bool lowercase, JsonNode? post)
    {
        var words = LearntVocabulary.Words(lowercase ? texts.Select(text => text.ToLowerInvariant()) : texts).Select(word => word.Key).ToArray();
        var endings = words.Where(word => word.Length > 3).SelectMany(word => new[] { "##" + word[^3..], "##" + word[^2..] });
        var characters = words.SelectMany(word => word.EnumerateRunes()).SelectMany(rune => new[] { rune.ToString(), "##" + rune });
        return File(
            Vocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], words, endings, characters, Letters(), Letters().Select(letter => "##" + letter)),
            ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
            $$"""{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":{{(lowercase ? "true" : "false")}}}""",
            """{"type":"BertPreTokenizer"}""",
            post ?? Template("[CLS] A [SEP]", "[CLS] A [SEP] B:1 [SEP]:1", ("[CLS]", 2), ("[SEP]", 3)),
            new JsonObject { ["type"] = "WordPiece", ["unk_token"] = "[UNK]", ["continuing_subword_prefix"] = "##", ["max_input_chars_per_word"] = 100 });
    }

    private static JsonObject Roberta(string[] texts, bool prefix) => ByteLevel(
        texts, ["<s>", "<pad>", "</s>", "<unk>"], ["<mask>"], $$"""{"type":"ByteLevel","add_prefix_space":{{(prefix ? "true" : "false")}},"trim_offsets":true,"use_regex":true}""",
        """{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":true}""");

    private static JsonObject ByteLevel(string[] texts, string[] first, string[] last, string pre, string post)
    {
        var merges = LearntVocabulary.Merges(LearntVocabulary.ByteWords(texts), Merges);
        return File(
            Vocabulary(first, LearntVocabulary.ByteCharacters, merges.Select(merge => merge.Left + merge.Right), last), [.. first, .. last], null, pre, JsonNode.Parse(post), Bpe(merges));
    }

    private static JsonObject Clip(string[] texts)
    {
        var merges = LearntVocabulary.Merges(LearntVocabulary.ByteWords(texts.Select(text => text.ToLowerInvariant().Replace(' ', '\n'))), Merges, "</w>");
        var model = Bpe(merges);
        (model["end_of_word_suffix"], model["unk_token"]) = ("</w>", "<|endoftext|>");
        string[] specials = ["<|startoftext|>", "<|endoftext|>"];
        var vocabulary = Vocabulary(LearntVocabulary.ByteCharacters, LearntVocabulary.ByteCharacters.Select(character => character + "</w>"), merges.Select(merge => merge.Left + merge.Right), specials);
        return File(
            vocabulary, specials,
            """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "},{"type":"Lowercase"}]}""",
            """
            {"type":"Sequence","pretokenizers":[
             {"type":"Split","pattern":{"Regex":"<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"},"behavior":"Removed","invert":true},
             {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]}
            """,
            JsonNode.Parse($$"""{"type":"RobertaProcessing","sep":["<|endoftext|>",{{vocabulary.Count - 1}}],"cls":["<|startoftext|>",{{vocabulary.Count - 2}}],"trim_offsets":false,"add_prefix_space":false}"""),
            model);
    }

    private static JsonObject Unigram(string[] texts, string[] first, string[] last, int unknown, JsonNode post)
    {
        var pieces = LearntVocabulary.Pieces(LearntVocabulary.Words(texts, before: "▁"), Pieces);
        var model = new JsonObject
        {
            ["type"] = "Unigram",
            ["unk_id"] = unknown,
            ["vocab"] = new JsonArray([.. first.Select(token => (token, 0.0)).Concat(pieces).Concat(last.Select(token => (token, 0.0))).Select(piece => new JsonArray(piece.Item1, piece.Item2))]),
            ["byte_fallback"] = false,
        };
        return File(
            null, [.. first, .. last], new JsonObject { ["type"] = "Precompiled", ["precompiled_charsmap"] = Convert.ToBase64String(Charsmap.Nfkc()) }.ToJsonString(),
            """{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace","replacement":"▁","add_prefix_space":true}]}""", post, model);
    }

    private static JsonObject WordLevel(string[] texts) => File(
        Vocabulary(["[UNK]", "[CLS]", "[SEP]", "[PAD]"], LearntVocabulary.Words(texts.Select(text => text.ToLowerInvariant())).Select(word => word.Key), Letters()), ["[UNK]", "[CLS]", "[SEP]", "[PAD]"],
        """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"Lowercase"},{"type":"StripAccents"}]}""", """{"type":"Whitespace"}""",
        Template("[CLS] A [SEP]", "[CLS] A [SEP] B:1 [SEP]:1", ("[CLS]", 1), ("[SEP]", 2)), new JsonObject { ["type"] = "WordLevel", ["unk_token"] = "[UNK]" });

    private static JsonObject Llama(string[] texts)
    {
        var words = LearntVocabulary.Words(texts, before: "▁");
        var merges = LearntVocabulary.Merges(words, Merges);
        var model = Bpe(merges);
        (model["unk_token"], model["fuse_unk"], model["byte_fallback"]) = ("<unk>", true, true);
        return File(
            Vocabulary(
                ["<unk>", "<s>", "</s>"], Enumerable.Range(0, 0x100).Select(value => $"<0x{value:X2}>"), words.SelectMany(word => word.Key.EnumerateRunes()).Select(rune => rune.ToString()),
                merges.Select(merge => merge.Left + merge.Right)),
            ["<unk>", "<s>", "</s>"], """{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}""", null,
            Template("<s> A", "<s> A <s>:1 B:1", ("<s>", 1)), model);
    }

    private static JsonObject Bpe((string Left, string Right)[] merges) => new()
    {
        ["type"] = "BPE",
        ["dropout"] = null,
        ["unk_token"] = null,
        ["continuing_subword_prefix"] = "",
        ["end_of_word_suffix"] = "",
        ["fuse_unk"] = false,
        ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)$"{merge.Left} {merge.Right}")]),
    };

    private static IEnumerable<string> Letters() => Enumerable.Range(0x21, 0x600).Where(point => !char.IsWhiteSpace((char)point)).Select(point => ((char)point).ToString());

    private static JsonObject Vocabulary(params IEnumerable<string>[] tokens)
        => new(tokens.SelectMany(some => some).Distinct(StringComparer.Ordinal).Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id)));

    // "<s> A </s> B:1": a token or a text each, of the type behind the colon.
    private static JsonObject Template(string single, string pair, params (string Token, int Id)[] tokens) => new()
    {
        ["type"] = "TemplateProcessing",
        ["single"] = new JsonArray([.. single.Split(' ').Select(Piece)]),
        ["pair"] = new JsonArray([.. pair.Split(' ').Select(Piece)]),
        ["special_tokens"] = new JsonObject(tokens.Select(token => KeyValuePair.Create(
            token.Token, (JsonNode?)new JsonObject { ["id"] = token.Token, ["ids"] = new JsonArray(token.Id), ["tokens"] = new JsonArray(token.Token) }))),
    };

    private static JsonObject Piece(string text)
    {
        var (name, type) = text.EndsWith(":1", StringComparison.Ordinal) ? (text[..^2], 1) : (text, 0);
        return new JsonObject { [name is "A" or "B" ? "Sequence" : "SpecialToken"] = new JsonObject { ["id"] = name, ["type_id"] = type } };
    }

    private static JsonObject File(JsonObject? vocabulary, string[] specials, string? normalizer, string? pre, JsonNode? post, JsonObject model)
    {
        if (vocabulary is not null)
        {
            model["vocab"] = vocabulary;
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. specials.Select(token => new JsonObject
            {
                ["id"] = IdOf(model["vocab"]!, token), ["content"] = token, ["single_word"] = false, ["lstrip"] = token == "<mask>", ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
            })]),
            ["normalizer"] = normalizer is null ? null : JsonNode.Parse(normalizer),
            ["pre_tokenizer"] = pre is null ? null : JsonNode.Parse(pre),
            ["post_processor"] = post,
            ["decoder"] = null,
            ["model"] = model,
        };
    }

    private static int IdOf(JsonNode vocabulary, string token) => vocabulary is JsonObject tokens
        ? (int)tokens[token]!
        : vocabulary.AsArray().Select((piece, id) => (Piece: (string)piece![0]!, Id: id)).First(piece => piece.Piece == token).Id;
}
