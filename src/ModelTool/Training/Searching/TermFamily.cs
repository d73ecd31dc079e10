using ModelTool.Training.Fitting;
using ModelTool.Training.Texts;
using Scoring.Features.Text;

namespace ModelTool.Training.Searching;

/// <summary>Models over the terms of one vocabulary. A text's ids are made once, by the tokenizer that serves.</summary>
internal sealed class TermFamily
{
    private const int MinTexts = 2;
    private const int MaxIterations = 60;

    /// <summary>Bounds the weights of one model, of which the solver holds fourteen copies.</summary>
    private const int MaxWeights = 8_000_000;

    private readonly TextSet texts;
    private readonly int[]?[] ids;
    private readonly TermCounts?[] counts;
    private readonly WordTokenizer tokenizer;

    private TermFamily(TermSet set, TextSet texts, IReadOnlyList<(string Term, int Texts)> terms)
    {
        (Set, this.texts, Terms) = (set, texts, terms);
        (ids, counts) = (new int[texts.Rows.Count][], new TermCounts[texts.Rows.Count]);
        tokenizer = new WordTokenizer(set.Tokenizer, [.. terms.Select(term => term.Term)]);
    }

    public TermSet Set { get; }

    /// <summary>Terms by id, from 1, and how many of the training texts hold each.</summary>
    public IReadOnlyList<(string Term, int Texts)> Terms { get; }

    /// <summary>Takes the terms that stand in two of the rows, those of most texts first.</summary>
    /// <exception cref="IOException">There are none.</exception>
    public static TermFamily Of(TermSet set, TextSet texts, IReadOnlyList<int> rows)
    {
        var builder = new VocabularyBuilder(set.Tokenizer);
        foreach (var row in rows)
        {
            builder.Add(texts.Rows[row].Text);
        }

        var terms = builder.Select(Math.Min(set.MaxTerms, MaxWeights / LinearLoss.StrideOf(texts.Labels.Count)), MinTexts);
        return terms.Count > 0 ? new TermFamily(set, texts, terms) : throw new IOException("No word stands in two of the texts: there is nothing to learn from.");
    }

    /// <summary>The same with those of its terms that carry most in a model: what each moves the labels apart, in how many texts.</summary>
    public TermFamily Best(LinearModel model, int count) => new(Set, texts,
    [
        .. Terms.Select((term, index) => (Term: term, Carries: model.Carries(index + 1) * Math.Sqrt(term.Texts)))
            .OrderByDescending(term => term.Carries)
            .ThenBy(term => term.Term.Term, StringComparer.Ordinal)
            .Take(count)
            .Select(term => term.Term),
    ]);

    /// <summary>Fits a model to some rows.</summary>
    public ITextModel Fit(FitSetting setting, IReadOnlyList<int> rows, ulong seed, CancellationToken cancellationToken)
    {
        var labels = texts.Labels.Count;
        if (setting.Solver == FitSolver.Network)
        {
            return NetworkModel.Train(setting.NetworkSettings with { Seed = seed }, Tokenized(rows), Terms.Count + 1, labels);
        }

        var weights = new TermWeights(TextCounts(rows), rows.Count);
        return new LinearModel(setting.Solver == FitSolver.Dropout ? Dropout() : Regression(), weights, labels, texts.IsMultilabel);

        float[] Dropout() => DropoutRegression.Fit(Tokenized(rows), weights.All, labels, setting.Dropout, setting.Rate, seed, cancellationToken);

        float[] Regression()
        {
            var sparse = new SparseRows(weights.Count, [.. rows.Select(row => (CountsOf(row).Ids, weights.ValuesOf(CountsOf(row))))]);
            var loss = new LinearLoss(sparse, [.. rows.Select(row => texts.Rows[row].Labels)], labels, texts.IsMultilabel, 1 / (setting.Strength * rows.Count));
            return Lbfgs.Minimize(loss.Size, loss.At, MaxIterations, cancellationToken);
        }
    }

    /// <summary>A row's ids.</summary>
    public int[] IdsOf(int row)
    {
        if (ids[row] is { } known)
        {
            return known;
        }

        var buffer = new long[Set.Tokenizer.MaxTokens];
        var count = tokenizer.Tokenize(texts.Rows[row].Text, buffer, out _);
        return ids[row] = [.. buffer[..count].Select(id => (int)id)];
    }

    private TermCounts CountsOf(int row) => counts[row] ??= TermCounts.Of(IdsOf(row));

    private List<TokenizedText> Tokenized(IReadOnlyList<int> rows) => [.. rows.Select(row => new TokenizedText(IdsOf(row), texts.Rows[row].Labels[0]))];

    private int[] TextCounts(IReadOnlyList<int> rows)
    {
        var found = new int[Terms.Count];
        foreach (var row in rows)
        {
            foreach (var id in CountsOf(row).Ids)
            {
                found[id - 1]++;
            }
        }

        return found;
    }
}
