namespace Scoring.Configuration;

/// <summary>
/// BERT's word pieces: <c>{"type":"wordpiece","vocabulary":"vocab.txt"}</c>, or <c>"tokenizer.json"</c> as Hugging Face writes it. How letters are treated is
/// said here beside a <c>vocab.txt</c>, and by the file itself when its name ends with <c>.json</c>.
/// </summary>
public sealed record WordPieceConfig : TokenizerConfig
{
    /// <summary>The name of the kind.</summary>
    public const string WordPiece = "wordpiece";

    /// <summary>Most ids of a text where neither model.json nor tokenizer.json says.</summary>
    public const int UsualMaxTokens = 512;

    /// <summary>Whether letters are put into lower case. True where null, or what tokenizer.json says.</summary>
    public bool? Lowercase { get; init; }

    /// <summary>Whether letters lose their accents. As <see cref="Lowercase"/> where null, or what tokenizer.json says.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Whether control characters are dropped. True where null, or what tokenizer.json says.</summary>
    public bool? CleanText { get; init; }

    /// <summary>Whether each Chinese character is a word. True where null, or what tokenizer.json says.</summary>
    public bool? SplitIdeographs { get; init; }

    /// <summary>Ids per text at most, special ones included; what follows is cut off. As tokenizer.json says where null, otherwise <see cref="UsualMaxTokens"/>.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Whether <see cref="TokenizerConfig.Vocabulary"/> is a tokenizer.json.</summary>
    internal bool IsTokenizerFile => Vocabulary!.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override IEnumerable<string> Faults()
    {
        if (Vocabulary is null)
        {
            yield return "vocabulary: missing, expected the name of a vocab.txt or tokenizer.json of the package";
        }
        else if (IsTokenizerFile && (Lowercase ?? StripAccents ?? CleanText ?? SplitIdeographs) is not null)
        {
            yield return $"vocabulary: found '{Vocabulary}' beside lowercase, stripAccents, cleanText or splitIdeographs, expected these in the normalizer of that file";
        }

        foreach (var fault in VocabularyFaults())
        {
            yield return fault;
        }

        if (MaxTokens < 1)
        {
            yield return $"maxTokens: found {MaxTokens}, expected 1 or more";
        }
    }
}
