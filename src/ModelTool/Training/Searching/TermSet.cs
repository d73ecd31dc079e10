using Scoring.Configuration;

namespace ModelTool.Training.Searching;

/// <summary>Which terms of a text a model may use.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Tokenizer">How they are found, by trainer and server alike.</param>
/// <param name="MaxTerms">Terms at most.</param>
internal sealed record TermSet(string Name, WordsConfig Tokenizer, int MaxTerms)
{
    /// <summary>The vocabulary's file in a package.</summary>
    public const string VocabularyFile = "vocabulary.txt";

    private const int MostTerms = 64_000;

    public static TermSet Words { get; } = new("words", new WordsConfig { Vocabulary = VocabularyFile, MaxTokens = 512 }, MostTerms);

    public static TermSet Pairs { get; } = new("pairs", new WordsConfig { Vocabulary = VocabularyFile, WordNgrams = 2, MaxTokens = 1024 }, MostTerms);

    public static TermSet Characters { get; } = new("characters", new WordsConfig { Vocabulary = VocabularyFile, WordNgrams = 2, CharacterNgrams = new(3, 5), MaxTokens = 4096 }, MostTerms);

    /// <summary>Words for the network.</summary>
    public static TermSet Network { get; } = new("network", new WordsConfig { Vocabulary = VocabularyFile, MaxTokens = 512 }, 16_000);
}
