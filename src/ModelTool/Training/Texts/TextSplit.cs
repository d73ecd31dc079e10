using ModelTool.Training.Fitting;

namespace ModelTool.Training.Texts;

/// <summary>Which rows are used for what, as indexes in ascending order.</summary>
/// <param name="Train">What weights are fitted to.</param>
/// <param name="Validation">What settings, models and calibration are chosen by.</param>
/// <param name="Test">What the figures are measured on and nothing else reads.</param>
/// <param name="Kind">How it came about, for people.</param>
/// <param name="Warnings">What is doubtful about it, with counts.</param>
internal sealed record TextSplit(int[] Train, int[] Validation, int[] Test, string Kind, IReadOnlyList<string> Warnings)
{
    private const double TestShare = 0.2;
    private const double ValidationShare = 0.1;

    /// <summary>Fewer validation rows tell too little, as long as a fifth of the rows gives more.</summary>
    private const int EnoughValidation = 600;

    private static readonly string[] ValidationNames = ["validation", "valid", "val", "dev"];

    /// <summary>Splits by the column, by the groups, or by label under a seed; rows of the same text then stay on one side.</summary>
    /// <exception cref="IOException">The column says something else, or leaves a side empty.</exception>
    public static TextSplit Of(TextSet set, TextColumns columns, ulong seed)
    {
        var split = columns.Split is { } column ? Given(set, column, columns.Group, seed) : Made(set, [.. Enumerable.Range(0, set.Rows.Count)], columns.Group, TestShare, seed);
        return split.Train.Length == 0 || split.Test.Length == 0 || split.Validation.Length == 0
            ? throw new IOException($"The split leaves {split.Train.Length:N0} texts to train on, {split.Validation.Length:N0} to choose by and {split.Test.Length:N0} to measure on: each needs some.")
            : split with { Warnings = [.. split.Warnings, .. AcrossSides(set, split)] };
    }

    /// <summary>Deals rows into folds, by label and under a seed; rows of one group, or of the same text, are in one fold.</summary>
    public static int[][] Folds(TextSet set, IReadOnlyList<int> rows, int count, ulong seed)
    {
        var units = Units(set, rows, set.Rows[0].Group is not null);
        new SeededRandom(seed).Shuffle<int[]>(units);
        var folds = Enumerable.Range(0, count).Select(_ => new List<int>()).ToArray();
        var next = 0;
        foreach (var unit in units.OrderBy(unit => set.Rows[unit[0]].Labels.FirstOrDefault(-1)))
        {
            folds[next++ % count].AddRange(unit);
        }

        return [.. folds.Select(fold => fold.Order().ToArray())];
    }

    private static int[][] Units(TextSet set, IReadOnlyList<int> rows, bool byGroup) =>
        [.. rows.GroupBy(row => byGroup ? set.Rows[row].Group! : TextSet.IdentityOf(set.Rows[row].Text).ToString()).Select(unit => unit.ToArray())];

    private static TextSplit Given(TextSet set, string column, string? group, ulong seed)
    {
        var (train, validation, test) = (new List<int>(), new List<int>(), new List<int>());
        for (var row = 0; row < set.Rows.Count; row++)
        {
            var part = set.Rows[row].Part!.Trim();
            var side = part.Equals("train", StringComparison.OrdinalIgnoreCase) ? train
                : part.Equals("test", StringComparison.OrdinalIgnoreCase) ? test
                : ValidationNames.Contains(part, StringComparer.OrdinalIgnoreCase) ? validation
                : throw new IOException($"The column '{column}' says '{part}'; expected train, validation or test.");
            side.Add(row);
        }

        if (validation.Count > 0 || train.Count == 0)
        {
            return new TextSplit([.. train], [.. validation], [.. test], $"given by the column '{column}'", []);
        }

        // The column names nothing to choose by: some of what is to train on serves.
        var made = Made(set, train, group, testShare: 0, seed);
        return made with { Test = [.. test], Kind = $"given by the column '{column}', validation taken from its training texts" };
    }

    private static TextSplit Made(TextSet set, List<int> rows, string? group, double testShare, ulong seed)
    {
        // 1. Rows that have to stay together: those of a group, and those of the same text.
        var units = Units(set, rows, group is not null);
        new SeededRandom(seed).Shuffle<int[]>(units);

        // 2. Of each label its shares. What rounding leaves over goes on to the next label, so that rare ones together get theirs.
        var validationShare = rows.Count * ValidationShare >= EnoughValidation ? ValidationShare : 2 * ValidationShare;
        var (train, validation, test) = (new List<int>(), new List<int>(), new List<int>());
        double owedTest = 0, owedValidation = 0;
        foreach (var label in units.GroupBy(unit => set.Rows[unit[0]].Labels.FirstOrDefault(-1)).OrderBy(label => label.Key))
        {
            var isFirst = true;
            foreach (var unit in label)
            {
                owedTest += testShare * unit.Length;
                owedValidation += validationShare * unit.Length;

                // A label's first texts are there to learn from.
                if (!isFirst && owedTest >= unit.Length)
                {
                    test.AddRange(unit);
                    owedTest -= unit.Length;
                }
                else if (!isFirst && owedValidation >= unit.Length)
                {
                    validation.AddRange(unit);
                    owedValidation -= unit.Length;
                }
                else
                {
                    train.AddRange(unit);
                }

                isFirst = false;
            }
        }

        var repeated = group is null ? rows.Count - units.Length : 0;
        return new TextSplit([.. train.Order()], [.. validation.Order()], [.. test.Order()], group is null ? $"by label, seed {seed}" : $"by the groups of '{group}', seed {seed}",
            repeated > 0 ? [$"{repeated:N0} rows repeat a text; all rows of a text stand on one side of the split."] : []);
    }

    private static IEnumerable<string> AcrossSides(TextSet set, TextSplit split)
    {
        var known = split.Train.Concat(split.Validation).Select(row => TextSet.IdentityOf(set.Rows[row].Text)).ToHashSet();
        var across = split.Test.Count(row => known.Contains(TextSet.IdentityOf(set.Rows[row].Text)));
        if (across > 0)
        {
            yield return $"{across:N0} of {split.Test.Length:N0} test texts stand among those to train on or to choose by as well: the figures flatter.";
        }

        if (set.Rows[0].Group is not null)
        {
            var groups = split.Train.Concat(split.Validation).Select(row => set.Rows[row].Group).ToHashSet();
            var shared = split.Test.Count(row => groups.Contains(set.Rows[row].Group));
            if (shared > 0)
            {
                yield return $"{shared:N0} of {split.Test.Length:N0} test texts are of groups that stand among those to train on or to choose by as well: the figures flatter.";
            }
        }

        var learned = split.Train.SelectMany(row => set.Rows[row].Labels).ToHashSet();
        var unknown = set.Labels.Count - learned.Count;
        if (unknown > 0)
        {
            yield return $"{unknown:N0} labels have no text to train on and will not be found: {string.Join(", ", Enumerable.Range(0, set.Labels.Count).Where(label => !learned.Contains(label)).Take(5).Select(label => $"'{set.Labels[label]}'"))}.";
        }
    }
}
