using System.Text.Json;
using Scoring.Features.Text;
using Scoring.Inference;

namespace Scoring.Configuration;

/// <summary>Reads a feature of the type <c>text</c> of a <c>model.json</c>.</summary>
internal static class TextFeatureReader
{
    public static TextFeature Read(ConfigNode node, string name) => new()
    {
        Name = name,
        Tokenizer = node.Node("tokenizer") is { } tokenizer ? ReadTokenizer(tokenizer) : null,
        Windows = node.Node("windows") is { } windows ? ReadWindows(windows) : null,
        AttentionMask = node.Text("attentionMask"),
        TypeIds = node.Text("typeIds"),
        Default = ReadDefault(node),
    };

    // Unlike other texts of the file this one may be empty.
    private static string? ReadDefault(ConfigNode node)
    {
        if (node.Take("default") is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        node.Fault("default", $"found {value.ValueKind}; expected a text");
        return null;
    }

    private static TextWindows ReadWindows(ConfigNode node)
    {
        var windows = new TextWindows(Whole(node, "most") ?? TextWindows.DefaultMaxCount, Whole(node, "overlap") ?? 0, ReadPooling(node));
        node.Finish("most, overlap, pooling");
        if (windows.MaxCount is < 2 or > TextWindows.MaxCountAllowed)
        {
            node.Fault("most", $"found {windows.MaxCount}; expected 2 to {TextWindows.MaxCountAllowed}");
        }

        if (windows.Overlap < 0)
        {
            node.Fault("overlap", $"found {windows.Overlap}; expected 0 or more");
        }

        return windows;
    }

    private static WindowPooling ReadPooling(ConfigNode node)
    {
        switch (node.Text("pooling"))
        {
            case null or "mean":
                return WindowPooling.Mean;
            case "max":
                return WindowPooling.Max;
            case var other:
                node.Fault("pooling", $"found '{other}'; expected 'mean' or 'max'");
                return WindowPooling.Mean;
        }
    }

    private static TokenizerConfig? ReadTokenizer(ConfigNode node)
    {
        TokenizerConfig? config = (node.Text("type") ?? UsualType(node.PeekText("vocabulary"))) switch
        {
            WordsConfig.Words => ReadWords(node),
            WordPieceConfig.WordPiece => ReadWordPiece(node),
            HuggingFaceConfig.HuggingFace => ReadHuggingFace(node),
            var other => Unknown(node, other),
        };
        foreach (var fault in config?.Faults() ?? [])
        {
            var colon = fault.IndexOf(": ", StringComparison.Ordinal);
            node.Fault(fault[..colon], fault[(colon + 2)..]);
        }

        return config;
    }

    // A list of terms has neither ending, and would be none if it did.
    private static string UsualType(string? vocabulary)
        => Path.GetExtension(vocabulary) is ".json" or ".model" ? HuggingFaceConfig.HuggingFace : WordsConfig.Words;

    private static WordsConfig ReadWords(ConfigNode node)
    {
        var fallback = new WordsConfig();
        var config = new WordsConfig
        {
            Lowercase = node.Boolean("lowercase") ?? fallback.Lowercase,
            WordNgrams = Whole(node, "wordNgrams") ?? fallback.WordNgrams,
            CharacterNgrams = node.Node("characterNgrams") is { } range ? ReadRange(range) : null,
            Vocabulary = node.Text("vocabulary"),
            Buckets = Whole(node, "buckets") ?? fallback.Buckets,
            MaxTokens = Whole(node, "maxTokens") ?? fallback.MaxTokens,
        };
        node.Finish("type, lowercase, wordNgrams, characterNgrams, vocabulary, buckets, maxTokens");
        return config;
    }

    private static WordPieceConfig ReadWordPiece(ConfigNode node)
    {
        var config = new WordPieceConfig
        {
            Vocabulary = node.Text("vocabulary"),
            Lowercase = node.Boolean("lowercase"),
            StripAccents = node.Boolean("stripAccents"),
            CleanText = node.Boolean("cleanText"),
            SplitIdeographs = node.Boolean("splitIdeographs"),
            MaxTokens = Whole(node, "maxTokens"),
        };
        node.Finish("type, vocabulary, lowercase, stripAccents, cleanText, splitIdeographs, maxTokens");
        return config;
    }

    private static HuggingFaceConfig ReadHuggingFace(ConfigNode node)
    {
        var config = new HuggingFaceConfig { Vocabulary = node.Text("vocabulary"), Family = node.Text("family"), MaxTokens = Whole(node, "maxTokens") };
        node.Finish("type, vocabulary, family, maxTokens");
        return config;
    }

    private static TokenizerConfig? Unknown(ConfigNode node, string type)
    {
        node.Fault("type", $"found '{type}'; expected '{WordsConfig.Words}', '{WordPieceConfig.WordPiece}' or '{HuggingFaceConfig.HuggingFace}'");
        return null;
    }

    private static CharacterNgrams ReadRange(ConfigNode node)
    {
        var range = new CharacterNgrams(Whole(node, "min") ?? 0, Whole(node, "max") ?? 0);
        node.Finish("min, max");
        return range;
    }

    private static int? Whole(ConfigNode node, string name)
    {
        if (node.Number(name) is not { } number)
        {
            return null;
        }

        if (number == Math.Floor(number) && number is >= int.MinValue and <= int.MaxValue)
        {
            return (int)number;
        }

        node.Fault(name, FormattableString.Invariant($"found {number}; expected a whole number"));
        return null;
    }
}
