namespace Scoring.Features.Text;

/// <summary>
/// How model.json, and the trainer that wrote it, turn a text into token ids: the property <c>tokenizer</c> of a text feature,
/// <c>{"type":"words","vocabulary":"vocabulary.txt","wordNgrams":2}</c>. Immutable; two equal configurations give equal ids.
/// </summary>
/// <remarks>
/// A word is a run of letters, marks and digits (Unicode categories L, M and N); everything else, invalid UTF-8 and NUL among it, separates.
/// Id 0 is padding, the term on line k of the vocabulary (from 1) has id k, and buckets follow the vocabulary.
/// </remarks>
public sealed record TokenizerConfig
{
    /// <summary>The only kind so far: words and their n-grams.</summary>
    public const string Words = "words";

    /// <summary>The longest n-gram, of words or of characters, that may be asked for.</summary>
    public const int MaxNgram = 8;

    /// <summary>Kind of tokenizer; <see cref="Words"/>.</summary>
    public string Type { get; init; } = Words;

    /// <summary>Whether letters are put into lower case first, by Unicode's simple mapping, whatever the culture. Default true.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Sequences of up to so many words are terms. 1 (the default): single words only.</summary>
    public int WordNgrams { get; init; } = 1;

    /// <summary>Sequences of characters within a word, its ends marked by a space, that are terms too. None by default.</summary>
    public CharacterNgrams? CharacterNgrams { get; init; }

    /// <summary>
    /// File of the package with one term per line, UTF-8: a word, words joined by one space, or <c>#</c> and a character n-gram.
    /// Terms are written as they are after lower-casing. None by default: every term is hashed.
    /// </summary>
    public string? Vocabulary { get; init; }

    /// <summary>Terms outside the vocabulary share so many ids by hash. 0 (the default): they are passed over.</summary>
    public int Buckets { get; init; }

    /// <summary>Ids per text at most; what follows is cut off. Default 512.</summary>
    public int MaxTokens { get; init; } = 512;

    /// <summary>What is wrong with it, one sentence each: property, found, expected. Empty when it can be used.</summary>
    public IEnumerable<string> Faults()
    {
        if (Type != Words)
        {
            yield return $"type: found '{Type}', expected '{Words}'";
        }

        if (WordNgrams is < 1 or > MaxNgram)
        {
            yield return $"wordNgrams: found {WordNgrams}, expected 1 to {MaxNgram}";
        }

        if (CharacterNgrams is { } range && (range.Min < 1 || range.Max < range.Min || range.Max > MaxNgram))
        {
            yield return $"characterNgrams: found {range.Min} to {range.Max}, expected a range within 1 to {MaxNgram}";
        }

        if (Buckets < 0)
        {
            yield return $"buckets: found {Buckets}, expected 0 or more";
        }

        if (Vocabulary is null && Buckets == 0)
        {
            yield return "vocabulary, buckets: found neither, expected at least one";
        }

        if (Vocabulary is { } file && (file.Length == 0 || file != Path.GetFileName(file) || file is "." or ".."))
        {
            yield return $"vocabulary: found '{file}', expected the name of a file of the package";
        }

        if (MaxTokens < 1)
        {
            yield return $"maxTokens: found {MaxTokens}, expected 1 or more";
        }
    }
}
