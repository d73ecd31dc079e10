namespace Scoring.Configuration;

/// <summary>
/// Words and their n-grams, as the trainer takes them too: <c>{"type":"words","vocabulary":"vocabulary.txt","wordNgrams":2}</c>. The vocabulary's file has one
/// term per line, UTF-8: a word, words joined by one space, or <c>#</c> and a character n-gram, written as they are after lower-casing; without one every
/// term is hashed.
/// </summary>
/// <remarks>
/// A word is a run of letters, marks and digits (Unicode categories L, M and N); everything else, invalid UTF-8 and NUL among it, separates.
/// Id 0 is padding, the term on line k of the vocabulary (from 1) has id k, and buckets follow the vocabulary.
/// </remarks>
public sealed record WordsConfig : TokenizerConfig
{
    /// <summary>The name of the kind.</summary>
    public const string Words = "words";

    /// <summary>The longest n-gram, of words or of characters, that may be asked for.</summary>
    public const int MaxNgram = 8;

    /// <summary>Whether letters are put into lower case first, by Unicode's simple mapping, whatever the culture. Default true.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Sequences of up to so many words are terms. 1 (the default): single words only.</summary>
    public int WordNgrams { get; init; } = 1;

    /// <summary>Sequences of characters within a word, its ends marked by a space, that are terms too. None by default.</summary>
    public CharacterNgrams? CharacterNgrams { get; init; }

    /// <summary>Terms outside the vocabulary share so many ids by hash. 0 (the default): they are passed over.</summary>
    public int Buckets { get; init; }

    /// <summary>Ids per text at most; what follows is cut off. Default 512.</summary>
    public int MaxTokens { get; init; } = 512;

    /// <inheritdoc/>
    public override IEnumerable<string> Faults()
    {
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
