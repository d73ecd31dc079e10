using System.Text;
using System.Text.Json;
using Scoring.Configuration;

namespace Scoring.Features.Text.WordPiece;

/// <summary>Reads a <c>tokenizer.json</c> as Hugging Face writes it for BERT; one of another kind is refused, with what it is.</summary>
internal sealed class TokenizerFile
{
    /// <summary>More would take a stack of its own.</summary>
    private const int MaxWord = 1000;

    private readonly Dictionary<string, int> pieces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> added = new(StringComparer.Ordinal);
    private readonly List<SpecialToken> specials = [];
    private readonly List<string> faults;
    private readonly ConfigNode root;

    private TokenizerFile(JsonElement file, List<string> faults)
    {
        this.faults = faults;
        root = new ConfigNode(file, "", faults);
    }

    /// <summary>Null when a fault was added.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WordPieceModel? Read(WordPieceConfig config, string directory, List<string> faults)
    {
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, config.Vocabulary!)));
            return new TokenizerFile(file.RootElement, faults).Read(config);
        }
        catch (JsonException exception)
        {
            faults.Add($"no JSON: {exception.Message.TrimEnd('.')}");
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            faults.Add($"a value is of another kind than Hugging Face writes: {exception.Message.TrimEnd('.')}");
        }

        return null;
    }

    private WordPieceModel? Read(WordPieceConfig config)
    {
        if (root.Node("model") is not { } model)
        {
            faults.Add("/model: missing; expected an object");
            return null;
        }

        // 1. Another kind is told by its name alone: all else would differ too.
        var prefix = model.Take("continuing_subword_prefix")?.GetString();
        var type = model.Text("type");
        if (type is null ? prefix is null : type != "WordPiece")
        {
            faults.Add($"/model/type: found '{type ?? "none"}'; expected 'WordPiece'");
            return null;
        }

        // 2. What it knows.
        ReadVocabulary(model);
        ReadAdded();
        var unknown = model.Text("unk_token") ?? "[UNK]";
        var longest = model.Number("max_input_chars_per_word") ?? 100;
        if (longest is < 1 or > MaxWord)
        {
            model.Fault("max_input_chars_per_word", FormattableString.Invariant($"found {longest}; expected 1 to {MaxWord}"));
        }

        // 3. What it does.
        var rules = ReadRules();
        CheckKind("pre_tokenizer", "BertPreTokenizer");
        var (single, pair) = new TemplateReader(Find, faults).Read(root.Node("post_processor"));
        var maxTokens = ReadTruncation();
        var padding = ReadPadding();
        var unknownId = Find(unknown, "/model/unk_token");
        return faults.Count > 0 ? null : new WordPieceModel
        {
            Pieces = pieces,
            ContinuingPrefix = prefix ?? "##",
            UnknownId = unknownId,
            MaxWordLength = (int)longest,
            Rules = rules,
            Specials = specials,
            Single = single,
            Pair = pair,
            PaddingId = padding,
            MaxTokens = config.MaxTokens ?? maxTokens ?? WordPieceConfig.UsualMaxTokens,
        };
    }

    private void ReadVocabulary(ConfigNode model)
    {
        if (model.Take("vocab") is not { ValueKind: JsonValueKind.Object } vocabulary)
        {
            model.Fault("vocab", "missing; expected an object of pieces and their ids");
            return;
        }

        foreach (var piece in vocabulary.EnumerateObject())
        {
            if (piece.Value.ValueKind != JsonValueKind.Number || !piece.Value.TryGetInt32(out var id) || id < 0)
            {
                model.Fault($"vocab/{piece.Name}", $"found {piece.Value.GetRawText()}; expected an id");
            }
            else if (piece.Name.Length > 0)
            {
                pieces[piece.Name] = id;
            }
        }

        if (pieces.Count == 0)
        {
            model.Fault("vocab", "found no pieces; expected some");
        }
    }

    private void ReadAdded()
    {
        foreach (var token in root.Nodes("added_tokens"))
        {
            var content = token.RequiredText("content");
            var id = token.Number("id");
            var isSpecial = token.Boolean("special") ?? false;
            if (content is null || id is not >= 0 || id > int.MaxValue)
            {
                token.Fault("id", $"missing or wrong for '{content}'; expected content and an id");
                continue;
            }

            added[content] = (int)id;
            if ((token.Boolean("normalized") ?? !isSpecial) || (token.Boolean("single_word") ?? false))
            {
                token.Fault("content", $"'{content}' is looked for after normalising, or as a whole word; expected \"normalized\":false and \"single_word\":false");
            }

            specials.Add(new SpecialToken(Encoding.UTF8.GetBytes(content), (int)id));
        }
    }

    private CharacterRules ReadRules()
    {
        if (CheckKind("normalizer", "BertNormalizer") is not { } node)
        {
            return new CharacterRules(CleanText: false, SplitIdeographs: false, Lowercase: false, StripAccents: false);
        }

        var lowercase = node.Boolean("lowercase") ?? true;
        return new CharacterRules(node.Boolean("clean_text") ?? true, node.Boolean("handle_chinese_chars") ?? true, lowercase, node.Boolean("strip_accents") ?? lowercase);
    }

    private ConfigNode? CheckKind(string name, string expected)
    {
        var node = root.Node(name);
        var type = node?.Text("type");
        if (type != expected && !(node is null && name == "normalizer"))
        {
            faults.Add($"/{name}/type: found '{type ?? "none"}'; expected '{expected}'");
        }

        return node;
    }

    private int? ReadTruncation()
    {
        if (root.Node("truncation") is not { } node)
        {
            return null;
        }

        CheckRight(node);
        return node.Number("max_length") is { } most and >= 1 and <= int.MaxValue ? (int)most : null;
    }

    private int ReadPadding()
    {
        if (root.Node("padding") is not { } node)
        {
            return added.TryGetValue("[PAD]", out var usual) || pieces.TryGetValue("[PAD]", out usual) ? usual : 0;
        }

        CheckRight(node);
        return node.Number("pad_id") is { } id and >= 0 and <= int.MaxValue ? (int)id : 0;
    }

    private static void CheckRight(ConfigNode node)
    {
        if (node.Text("direction") is { } direction && direction != "Right")
        {
            node.Fault("direction", $"found '{direction}'; expected 'Right'");
        }
    }

    private int Find(string token, string where)
    {
        if (added.TryGetValue(token, out var id) || pieces.TryGetValue(token, out id))
        {
            return id;
        }

        faults.Add($"{where}: found '{token}', which is no token of the vocabulary; expected one");
        return 0;
    }
}
