using ModelTool.Quantizing;
using ModelTool.Training.Searching;
using ModelTool.Verbs;

namespace ModelTool.Training;

/// <summary>What the candidates say, for people: what n-grams, INT8, a transformer and more texts buy, and whether to stop.</summary>
internal sealed class TrainAnswers(IReadOnlyList<CandidateFound> found, CandidateFound taken, IReadOnlyList<FamilyFound> families, int trainTexts, string measure)
{
    /// <summary>Less is not worth a day's work.</summary>
    private const double LittleGain = 0.005;

    /// <summary>A sentence each.</summary>
    public IReadOnlyList<string> All => [.. Ngrams(), .. Int8(), Transformer(), MoreTexts(), Verdict()];

    private IEnumerable<string> Ngrams()
    {
        if (Whole(TermSet.Words.Name) is not { } words)
        {
            yield break;
        }

        string[] gains = [.. new[] { (TermSet.Pairs.Name, "pairs of words"), (TermSet.Characters.Name, "pairs and characters") }
            .Where(kind => Whole(kind.Name) is not null).Select(kind => $"{kind.Item2} {Beside(Whole(kind.Name)!, words)}")];
        if (gains.Length > 0)
        {
            yield return $"N-grams, beside words alone: {string.Join("; ", gains)}.";
        }
    }

    private IEnumerable<string> Int8()
    {
        var plain = taken.Of is { } of ? found.First(candidate => candidate.Name == of) : taken;
        var smaller = found.FirstOrDefault(candidate => candidate.Of == plain.Name);
        yield return smaller is null
            ? $"INT8 makes {plain.Name} no smaller."
            : $"INT8, of {plain.Name}: {Beside(smaller, plain)}.";
    }

    private string Transformer()
    {
        var head = Whole(HeadFamily.Kind);
        var best = found.Where(candidate => candidate.Kind != HeadFamily.Kind).MaxBy(candidate => candidate.Validation);
        return head is null ? "A transformer's head was not tried: --encoder MODEL fits one over a published encoder."
            : best is null ? "There is nothing beside a transformer's head to compare it with."
            : $"A transformer's head, beside {best.Name}: {Beside(head, best)}.";
    }

    private string MoreTexts()
    {
        var curve = families.First(family => family.Family.Name == taken.Kind).Curve;
        var last = Gain();
        return Figures.Text($"Texts: {string.Join(", ", curve.Select(point => Figures.Text($"{point.Found.Quality:P1} on {Math.Ceiling(point.Share * trainTexts):#,0}")))} (validation); the last doubling brought {Points(last)}.");
    }

    private string Verdict()
    {
        var best = found.Where(candidate => candidate.Kind != taken.Kind || candidate.Of != taken.Name).MaxBy(candidate => candidate.Test.Quality)!;
        var rise = PairedInterval.OfMean([.. best.Rows.Zip(taken.Rows, (other, own) => other - own)]);
        var isBetter = best.Name != taken.Name && rise.Low > 0 && best.Test.Quality - taken.Test.Quality > TrainChoice.OnePoint;
        var needsTexts = Gain() >= LittleGain * 2;
        var reasons = new List<string>();
        if (!isBetter)
        {
            reasons.Add(best.Name == taken.Name ? $"no candidate does better than {taken.Name} on the test texts" : Figures.Text($"the best on the test texts, {best.Name}, is {Points(best.Test.Quality - taken.Test.Quality)} above {taken.Name} ({Between(rise)})"));
        }

        if (!needsTexts)
        {
            reasons.Add("twice the texts brought little");
        }

        return isBetter ? Figures.Text($"go on: {best.Name} is {Points(best.Test.Quality - taken.Test.Quality)} better on the test texts ({Between(rise)}) for {(double)best.Bytes / taken.Bytes:0.0} times the bytes; --take {best.Name} takes it at once.")
            : needsTexts ? $"stop trying models: {string.Join("; ", reasons)}. More labelled texts are what would help."
            : $"stop: {string.Join("; ", reasons)}.";
    }

    private double Gain()
    {
        var curve = families.First(family => family.Family.Name == taken.Kind).Curve;
        return curve.Count > 1 ? curve[^1].Found.Quality - curve[^2].Found.Quality : 0;
    }

    private CandidateFound? Whole(string kind) => found.FirstOrDefault(candidate => candidate.Kind == kind && candidate.Of is null);

    private string Beside(CandidateFound one, CandidateFound other)
    {
        var rise = PairedInterval.OfMean([.. one.Rows.Zip(other.Rows, (after, before) => after - before)]);
        return Figures.Text($"{Points(one.Test.Quality - other.Test.Quality)} of {measure} ({Between(rise)}) for {(double)one.Bytes / other.Bytes:0.00} times the bytes and {one.P50Microseconds / other.P50Microseconds:0.0} times the time");
    }

    private static string Between(PairedInterval rise) => Figures.Text($"95 %: {100 * rise.Low:+0.0;-0.0;0.0} to {100 * rise.High:+0.0;-0.0;0.0}");

    private static string Points(double share) => Figures.Text($"{100 * share:+0.0;-0.0;0.0} points");
}
