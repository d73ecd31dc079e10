using System.Text;
using System.Text.Json;
using Scoring.Configuration;

namespace Scoring.Features.Text.WordPiece;

/// <summary>Reads a <c>tokenizer.json</c> as Hugging Face writes it for BERT, and tells one of another kind, which is not for the code in here.</summary>
internal sealed class TokenizerFile
{
    /// <summary>More would take a stack of its own.</summary>
    private const int MaxWord = 1000;

    private readonly Dictionary<string, int> pieces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> added = new(StringComparer.Ordinal);
    private readonly List<SpecialToken> specials = [];
    private readonly List<string> faults;
    private readonly ConfigNode root;

    private bool isOther;

    private TokenizerFile(JsonElement file, List<string> faults)
    {
        this.faults = faults;
        root = new ConfigNode(file, "", faults);
    }

    /// <summary>Null when a fault was added, or when it is of another kind.</summary>
    /// <param name="json">The file's content.</param>
    /// <param name="maxTokens">Most ids of a text; null: what the file says.</param>
    /// <param name="usual">Most ids where nobody says.</param>
    /// <param name="faults">Receives what is wrong.</param>
    /// <param name="isOther">Whether it asks for what BERT's tokenizers do not have.</param>
    public static WordPieceModel? Read(ReadOnlyMemory<byte> json, int? maxTokens, int usual, List<string> faults, out bool isOther)
    {
        isOther = false;
        try
        {
            using var document = JsonDocument.Parse(json);
            var file = new TokenizerFile(document.RootElement, faults);
            var model = file.Read(maxTokens, usual);
            isOther = file.isOther;
            return model;
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

    private WordPieceModel? Read(int? maxTokens, int usual)
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
            isOther = true;
            return null;
        }

        // 2. What it knows.
        ReadVocabulary(model);
        ReadAdded();
        var unknown = model.Text("unk_token") ?? "[UNK]";
        var longest = model.Number("max_input_chars_per_word") ?? 100;
        if (longest < 1)
        {
            model.Fault("max_input_chars_per_word", FormattableString.Invariant($"found {longest}; expected 1 or more"));
        }

        isOther |= longest > MaxWord;

        // 3. What it does.
        var rules = ReadRules();
        CheckKind("pre_tokenizer", "BertPreTokenizer");
        var (single, pair) = new TemplateReader(Find, faults).Read(root.Node("post_processor"));
        var most = ReadTruncation();
        var padding = ReadPadding();
        var unknownId = Find(unknown, "/model/unk_token");
        return isOther || faults.Count > 0 ? null : new WordPieceModel
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
            MaxTokens = maxTokens ?? most ?? usual,
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
            // Looked for after normalising, or as a whole word.
            isOther |= (token.Boolean("normalized") ?? !isSpecial) || (token.Boolean("single_word") ?? false);
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
        isOther |= node?.Text("type") != expected && !(node is null && name == "normalizer");
        return node;
    }

    private int? ReadTruncation()
    {
        if (root.Node("truncation") is not { } node)
        {
            return null;
        }

        isOther |= node.Text("direction") == "Left";
        return node.Number("max_length") is { } most and >= 1 and <= int.MaxValue ? (int)most : null;
    }

    private int ReadPadding()
    {
        if (root.Node("padding") is not { } node)
        {
            return added.TryGetValue("[PAD]", out var usual) || pieces.TryGetValue("[PAD]", out usual) ? usual : 0;
        }

        if (node.Text("direction") is { } direction && direction != "Right")
        {
            node.Fault("direction", $"found '{direction}'; expected 'Right'");
        }

        return node.Number("pad_id") is { } id and >= 0 and <= int.MaxValue ? (int)id : 0;
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
