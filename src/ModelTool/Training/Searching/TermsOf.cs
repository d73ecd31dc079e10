using ModelTool.Quantizing;
using ModelTool.Training.Fitting;
using ModelTool.Training.Packaging;
using ModelTool.Training.Texts;

namespace ModelTool.Training.Searching;

/// <summary>Candidates over the terms of a text: linear ones with all terms, with a quarter of them and with a sixteenth, or one network.</summary>
/// <param name="set">Which terms.</param>
/// <param name="texts">The texts.</param>
/// <param name="train">Rows that the vocabulary is taken from.</param>
/// <param name="seed">Of everything random.</param>
/// <param name="description">For model.json and the graph.</param>
internal sealed class TermsOf(TermSet set, TextSet texts, IReadOnlyList<int> train, ulong seed, string description) : ITextFamily
{
    private const int FewestTerms = 500;

    private static readonly (string Suffix, int Part)[] Sizes = [("-small", 4), ("-tiny", 16)];

    // Not made where an interrupted training has made its packages already.
    private readonly Lazy<TermFamily> all = new(() => TermFamily.Of(set, texts, train));

    /// <inheritdoc/>
    public string Name => set.Name;

    /// <inheritdoc/>
    public IReadOnlyList<FitSetting> Settings => set == TermSet.Network ? FitSetting.Networks : FitSetting.Linear(texts.IsMultilabel);

    /// <inheritdoc/>
    public QuantizationMode Smaller => QuantizationMode.WeightOnly;

    /// <inheritdoc/>
    public TrialFound Try(FitSetting setting, IReadOnlyList<int> rows, IReadOnlyList<int> validation, CancellationToken cancellationToken)
    {
        var model = all.Value.Fit(setting, rows, seed, cancellationToken);
        return LabelScores.Found(Scored(all.Value, model, validation), LabelScores.LabelsOf(texts, validation), texts.IsMultilabel);
    }

    /// <inheritdoc/>
    public IEnumerable<TextCandidate> Make(FitSetting setting, IReadOnlyList<int> rows, CancellationToken cancellationToken)
    {
        var model = all.Value.Fit(setting, rows, seed, cancellationToken);
        yield return Candidate(Name, all.Value, model);
        foreach (var (suffix, part) in model is LinearModel ? Sizes : [])
        {
            var count = all.Value.Terms.Count / part;
            if (count >= FewestTerms)
            {
                var fewer = all.Value.Best((LinearModel)model, count);
                yield return Candidate(Name + suffix, fewer, fewer.Fit(setting, rows, seed, cancellationToken));
            }
        }
    }

    /// <inheritdoc/>
    public float[][] Held(string name, FitSetting setting, IReadOnlyList<int> rows, IReadOnlyList<int> held, CancellationToken cancellationToken)
    {
        var (family, model) = Anew(name, setting, rows, cancellationToken);
        return [.. Scored(family, model, held).Select(row => Array.ConvertAll(row, value => (float)value))];
    }

    /// <inheritdoc/>
    public PackageDraft Remake(string name, FitSetting setting, IReadOnlyList<int> rows, CancellationToken cancellationToken)
    {
        var (family, model) = Anew(name, setting, rows, cancellationToken);
        return TermPackage.Draft(family, model, texts, description);
    }

    // From the vocabulary on: a word that only the other rows have is unknown, as a stranger's words are.
    private (TermFamily Family, ITextModel Model) Anew(string name, FitSetting setting, IReadOnlyList<int> rows, CancellationToken cancellationToken)
    {
        var family = TermFamily.Of(set, texts, rows);
        var model = family.Fit(setting, rows, seed, cancellationToken);
        if (Sizes.FirstOrDefault(size => name == Name + size.Suffix) is { Part: > 0 } size)
        {
            family = family.Best((LinearModel)model, family.Terms.Count / size.Part);
            model = family.Fit(setting, rows, seed, cancellationToken);
        }

        return (family, model);
    }

    private double[][] Scored(TermFamily family, ITextModel model, IReadOnlyList<int> rows) =>
        [.. rows.Select(row => LabelScores.Probabilities(model.Score(family.IdsOf(row)), texts.IsMultilabel))];

    private TextCandidate Candidate(string name, TermFamily family, ITextModel model) => new(name, family.Terms.Count, TermPackage.Draft(family, model, texts, description));
}
