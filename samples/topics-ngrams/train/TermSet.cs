using ModelTool.Training.Fitting;
using Samples.Topics;
using Scoring.Configuration;
using Scoring.Features.Text;

namespace Samples.TopicsNgrams;

/// <summary>Which terms a model may use.</summary>
/// <param name="Name">As the table and the plot call it.</param>
/// <param name="Tokenizer">How they are found in a text.</param>
public sealed record TermSet(string Name, WordsConfig Tokenizer)
{
    /// <summary>In how many training texts a term has to stand.</summary>
    private const int MinTexts = 2;

    public static IReadOnlyList<TermSet> All { get; } =
    [
        new("words", new WordsConfig { Vocabulary = "vocabulary.txt", MaxTokens = 512 }),
        new("+ word pairs", new WordsConfig { Vocabulary = "vocabulary.txt", WordNgrams = 2, MaxTokens = 1024 }),
        new("+ characters, 3 to 5", new WordsConfig { Vocabulary = "vocabulary.txt", WordNgrams = 2, CharacterNgrams = new(3, 5), MaxTokens = 8192 }),
    ];

    /// <summary>Every term of the training texts that stands in two of them, with the number of texts, the most frequent first.</summary>
    public List<(string Term, int Texts)> Terms(IReadOnlyList<TopicText> train)
    {
        var builder = new VocabularyBuilder(Tokenizer);
        foreach (var text in train)
        {
            builder.Add(text.Text);
        }

        return builder.Select(int.MaxValue, MinTexts);
    }

    /// <summary>The texts as ids of a vocabulary.</summary>
    public List<TokenizedText> Tokenize(IReadOnlyList<string> vocabulary, IReadOnlyList<TopicText> texts)
    {
        var tokenizer = new WordTokenizer(Tokenizer, vocabulary);
        var ids = new long[Tokenizer.MaxTokens];
        var tokenized = new List<TokenizedText>(texts.Count);
        foreach (var text in texts)
        {
            var count = tokenizer.Tokenize(text.Text, ids, out _);
            tokenized.Add(new TokenizedText([.. ids[..count].Select(id => (int)id)], text.Topic));
        }

        return tokenized;
    }
}
