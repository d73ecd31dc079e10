using ModelTool.Training.Fitting;
using Samples.Training;
using Scoring.Configuration;
using Scoring.Features.Text;

namespace Samples.Topics;

/// <summary>A vocabulary and a model fitted to the same texts.</summary>
/// <param name="Vocabulary">Terms by id, from 1.</param>
/// <param name="Model">The shipped weights.</param>
public sealed record TopicFit(IReadOnlyList<string> Vocabulary, NetworkModel Model)
{
    /// <summary>Bytes of the embeddings and the vocabulary, which is all that grows with the settings.</summary>
    public long Bytes => Model.TableBytes + Vocabulary.Sum(term => System.Text.Encoding.UTF8.GetByteCount(term) + 1);

    /// <summary>model.onnx.</summary>
    public byte[] ToOnnx() => Model.ToOnnx("topics", "Topic of a software description. Trained on descriptions of Debian packages and the archive sections they stand in.", SampleFiles.Producer);

    /// <summary>How the server is to make ids of texts.</summary>
    public static WordsConfig Tokenizer(TopicSettings settings) => new() { Vocabulary = "vocabulary.txt", MaxTokens = settings.MaxTokens };

    public static TopicFit Train(TopicSettings settings, IReadOnlyList<TopicText> texts)
    {
        var config = Tokenizer(settings);
        var builder = new VocabularyBuilder(config);
        foreach (var text in texts)
        {
            builder.Add(text.Text);
        }

        string[] vocabulary = [.. builder.Select(settings.VocabularySize, settings.MinTexts).Select(term => term.Term)];
        var tokenized = Tokenize(vocabulary, settings, texts);
        return new TopicFit(vocabulary, NetworkModel.Train(settings, tokenized, vocabulary.Length + 1, Topic.Names.Count));
    }

    /// <summary>Scores before the softmax, one array per text.</summary>
    public double[][] Score(TopicSettings settings, IReadOnlyList<TopicText> texts) =>
        [.. Tokenize(Vocabulary, settings, texts).Select(text => Model.Score(text.Ids))];

    private static List<TokenizedText> Tokenize(IReadOnlyList<string> vocabulary, TopicSettings settings, IReadOnlyList<TopicText> texts)
    {
        var tokenizer = new WordTokenizer(Tokenizer(settings), vocabulary);
        var ids = new long[settings.MaxTokens];
        var tokenized = new List<TokenizedText>(texts.Count);
        foreach (var text in texts)
        {
            var count = tokenizer.Tokenize(text.Text, ids, out _);
            tokenized.Add(new TokenizedText([.. ids[..count].Select(id => (int)id)], text.Topic));
        }

        return tokenized;
    }
}
