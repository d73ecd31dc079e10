namespace ModelTool.Training;

/// <summary>Which candidate is taken.</summary>
internal static class TrainChoice
{
    /// <summary>How much quality a smaller model may cost.</summary>
    public const double OnePoint = 0.01;

    private static readonly string[] Suffixes = ["", "-small", "-tiny"];

    /// <summary>Sees that a name may turn out to be a candidate's, before anything is trained.</summary>
    /// <exception cref="FormatException">It may not.</exception>
    public static void Check(string? named, IEnumerable<string> kinds)
    {
        string[] names = [.. kinds.SelectMany(kind => Suffixes.Select(suffix => kind + suffix)).SelectMany(name => (string[])[name, name + FamilySearch.Int8])];
        if (named is not null && !names.Contains(named))
        {
            throw new FormatException($"--take: there will be no candidate '{named}'{(Spelling.Nearest(named, names) is { } name ? $"; did you mean {name}?" : $". Candidates: {string.Join(", ", names)}.")}");
        }
    }

    /// <summary>The one named; otherwise, by the validation texts, the smallest within one point of the best.</summary>
    /// <exception cref="FormatException">None has the name.</exception>
    public static CandidateFound Of(IReadOnlyList<CandidateFound> found, string? named)
    {
        if (named is not null)
        {
            var near = Spelling.Nearest(named, found.Select(candidate => candidate.Name)) is { } name ? $"; did you mean {name}?" : ".";
            return found.FirstOrDefault(candidate => candidate.Name == named)
                ?? throw new FormatException($"--take: there is no candidate '{named}'{near} They are: {string.Join(", ", found.Select(candidate => candidate.Name))}.");
        }

        var best = found.Max(candidate => candidate.Validation);
        return found.Where(candidate => candidate.Validation >= best - OnePoint).OrderBy(candidate => candidate.Bytes).ThenByDescending(candidate => candidate.Validation).First();
    }
}
