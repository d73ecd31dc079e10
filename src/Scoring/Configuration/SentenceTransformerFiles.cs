using System.Text.Json;

namespace Scoring.Configuration;

/// <summary>
/// What the files say that sentence-transformers writes beside a model: <c>modules.json</c>, <c>1_Pooling/config.json</c>, <c>config_sentence_transformers.json</c>,
/// <c>sentence_bert_config.json</c>, and those of the tokenizer. What <c>model.json</c> says goes before.
/// </summary>
internal static class SentenceTransformerFiles
{
    private const string Modules = "modules.json";
    private const string UsualPooling = "1_Pooling";
    private const string Pieces = "vocab.txt";

    // A tokenizer's own file says a number without an end where it means none.
    private const int MaxMaxTokens = 1_000_000;

    // What a tokenizer is saved as; where there are several, the first says most.
    private static readonly string[] Vocabularies = ["tokenizer.json", Pieces, "sentencepiece.bpe.model", "spiece.model", "tokenizer.model", "vocab.json"];

    /// <summary>The configuration with what the files add; the same one where the package has none of them, or its task is another.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: a file is no JSON, not as it should be, or too large.</exception>
    public static ModelConfig Complete(ModelConfig config, string directory)
    {
        var isOther = config.Task is not null || config.Labels.Count > 0 || (config.LabelOutput ?? config.ProbabilitiesOutput ?? config.LogitsOutput ?? config.ValueOutput) is not null;
        var hasFiles = File.Exists(Path.Combine(directory, Modules)) || File.Exists(Path.Combine(directory, UsualPooling, "config.json"));
        if (config.Task != ModelTask.Embedding && (isOther || !hasFiles))
        {
            return config;
        }

        try
        {
            return config with
            {
                Task = ModelTask.Embedding,
                Embedding = Embedding(config.Embedding ?? new EmbeddingConfig(), directory),
                Features = config.Features.Count == 0 && Text(directory) is { } text ? [text] : config.Features,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"A file of sentence-transformers in the package is not as it writes them: {exception.Message}", exception);
        }
    }

    private static EmbeddingConfig Embedding(EmbeddingConfig config, string directory)
    {
        var modules = ReadModules(directory);
        var pooling = Read(directory, Path.Combine(modules.Find(module => module.Type == "Pooling").Path ?? UsualPooling, "config.json"));
        var prompts = Read(directory, "config_sentence_transformers.json");
        var prefixes = config.Prefixes.Count > 0 ? config.Prefixes : Prompts(prompts);
        var (mode, unserved) = pooling is { } file ? PoolingOf(file, prefixes.Count > 0) : (null, null);
        var other = modules.Find(module => module.Type is not (null or "Transformer" or "Pooling" or "Normalize"));
        return config with
        {
            Pooling = config.Pooling ?? mode,
            Normalize = config.Normalize ?? (modules.Count == 0 ? null : modules.Exists(module => module.Type == "Normalize")),
            Prefixes = prefixes,
            Purpose = config.Purpose ?? (config.Prefixes.Count == 0 && Text(prompts, "default_prompt_name") is { } purpose && prefixes.ContainsKey(purpose) ? purpose : null),
            UnservedModule = other.Type is { } type ? $"{Modules} has a module {type}" : config.Pooling is null ? unserved : null,
        };
    }

    private static List<(string? Type, string? Path)> ReadModules(string directory)
    {
        if (Read(directory, Modules) is not { } file)
        {
            return [];
        }

        return [.. file.EnumerateArray().Select(module => (Text(module, "type")?.Split('.')[^1], Folder(Text(module, "path"))))];
    }

    // Nothing outside the package is read, whatever the file says.
    private static string? Folder(string? path) => path is { Length: > 0 } && path == Path.GetFileName(path) && path is not ("." or "..") ? path : null;

    private static (TokenPooling? Mode, string? Unserved) PoolingOf(JsonElement file, bool hasPrefixes)
    {
        var modes = Text(file, "pooling_mode") is { } named
            ? [named]
            : file.EnumerateObject().Where(property => property.Name.StartsWith("pooling_mode_", StringComparison.Ordinal) && property.Value.ValueKind == JsonValueKind.True)
                .Select(property => property.Name["pooling_mode_".Length..]).ToArray();
        TokenPooling? mode = modes switch
        {
            ["mean" or "mean_tokens"] => TokenPooling.Mean,
            ["cls" or "cls_token"] => TokenPooling.Cls,
            ["max" or "max_tokens"] => TokenPooling.Max,
            ["lasttoken"] => TokenPooling.Last,
            _ => null,
        };
        if (mode is null)
        {
            return (null, $"the pooling is {(modes.Length == 0 ? "none" : string.Join(" and ", modes))}");
        }

        var leavesPromptOut = hasPrefixes && file.TryGetProperty("include_prompt", out var include) && include.ValueKind == JsonValueKind.False;
        return (mode, leavesPromptOut ? "the pooling leaves the prompt out (include_prompt)" : null);
    }

    private static Dictionary<string, string> Prompts(JsonElement? file) =>
        file is { } settings && settings.TryGetProperty("prompts", out var prompts) && prompts.ValueKind == JsonValueKind.Object
            ? prompts.EnumerateObject().Where(prompt => prompt.Value.ValueKind == JsonValueKind.String).ToDictionary(prompt => prompt.Name, prompt => prompt.Value.GetString()!, StringComparer.Ordinal)
            : [];

    private static TextFeature? Text(string directory)
    {
        var maxTokens = MaxTokens(Read(directory, "sentence_bert_config.json"), "max_seq_length");
        return Array.Find(Vocabularies, file => File.Exists(Path.Combine(directory, file))) is { } vocabulary
            ? new TextFeature
            {
                Name = "text",
                Tokenizer = vocabulary == Pieces ? WordPiece(directory, maxTokens) : new HuggingFaceConfig { Vocabulary = vocabulary, MaxTokens = maxTokens },
            }
            : null;
    }

    // How letters are treated stands in another file than the pieces.
    private static WordPieceConfig WordPiece(string directory, int? maxTokens)
    {
        var settings = Read(directory, "tokenizer_config.json");
        return new WordPieceConfig
        {
            Vocabulary = Pieces,
            MaxTokens = maxTokens ?? MaxTokens(settings, "model_max_length"),
            Lowercase = Flag(settings, "do_lower_case"),
            StripAccents = Flag(settings, "strip_accents"),
            SplitIdeographs = Flag(settings, "tokenize_chinese_chars"),
        };
    }

    private static JsonElement? Read(string directory, string file)
    {
        var path = Path.Combine(directory, file);
        if (!File.Exists(path))
        {
            return null;
        }

        if (BoundedFile.Excess(path, BoundedFile.MaxConfig) is { } excess)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"{file} {excess}.");
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    private static string? Text(JsonElement? owner, string name) =>
        owner is { } value && value.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;

    private static bool? Flag(JsonElement? owner, string name) =>
        owner is { } value && value.TryGetProperty(name, out var found) && found.ValueKind is JsonValueKind.True or JsonValueKind.False ? found.GetBoolean() : null;

    private static int? MaxTokens(JsonElement? owner, string name) =>
        owner is { } value && value.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Number && found.TryGetInt32(out var number) && number is > 0 and <= MaxMaxTokens ? number : null;
}
