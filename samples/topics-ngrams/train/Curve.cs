using ModelTool.Training.Fitting;
using Samples.Topics;

namespace Samples.TopicsNgrams;

/// <summary>Smaller and smaller models of one set of terms: what carries least weight is dropped, and the rest is trained again.</summary>
public sealed class Curve
{
    private static readonly int[] Sizes = [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000];

    private readonly string[] byWeight;

    /// <summary>Trains on all terms of the set, to know what each of them carries.</summary>
    public Curve(TermSet set, TopicSplit split)
    {
        Set = set;
        Split = split;
        var terms = set.Terms(split.Train);
        Full = BagModel.Train(set, [.. terms.Select(term => term.Term)], split.Train);

        // A term carries its row's weight into every text that holds it.
        byWeight =
        [
            .. terms
                .Select((term, index) => (term.Term, Weight: Full.Weight(index + 1) * Math.Sqrt(term.Texts)))
                .OrderByDescending(term => term.Weight)
                .ThenBy(term => term.Term, StringComparer.Ordinal)
                .Select(term => term.Term),
        ];
    }

    public TermSet Set { get; }

    public TopicSplit Split { get; }

    /// <summary>The model with all terms.</summary>
    public BagModel Full { get; }

    /// <summary>The model with the <paramref name="terms"/> terms that carry most.</summary>
    public BagModel Train(int terms) => terms >= byWeight.Length ? Full : BagModel.Train(Set, byWeight[..terms], Split.Train);

    /// <summary>A model of every size of the grid below all terms, then that of all.</summary>
    public IEnumerable<BagModel> Models() => Sizes.Where(size => size < byWeight.Length).Append(byWeight.Length).Select(Train);

    public CurvePoint Measure(BagModel model)
    {
        var test = Set.Tokenize(model.Vocabulary, Split.Test);
        return new CurvePoint(
            Set.Name,
            model.Vocabulary.Count,
            Accuracy(model, Set.Tokenize(model.Vocabulary, Split.Validation)),
            Accuracy(model, test),
            model.Bytes,
            Math.Round(test.Average(text => text.Ids.Length), 1));
    }

    private static double Accuracy(BagModel model, List<TokenizedText> texts) => TopicQuality.Round(texts.Average(text =>
    {
        var scores = model.Score(text.Ids);
        return Array.IndexOf(scores, scores.Max()) == text.Label ? 1.0 : 0.0;
    }));
}
