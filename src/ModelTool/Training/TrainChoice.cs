namespace ModelTool.Training;

/// <summary>Which candidate is taken.</summary>
internal static class TrainChoice
{
    /// <summary>How much quality a smaller model may cost.</summary>
    public const double OnePoint = 0.01;

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
