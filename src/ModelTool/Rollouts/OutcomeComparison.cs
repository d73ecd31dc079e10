using ModelTool.Verbs;
using Scoring.Calibration;
using Scoring.Outcomes.Reading;

namespace ModelTool.Rollouts;

/// <summary>Compares versions of a rollout by what came true: of each visitor the outcome that came in last, by its weight.</summary>
internal static class OutcomeComparison
{
    // The most frequent; a table of hundreds is no answer.
    private const int MaxLabels = 5;

    /// <summary>Every measure of every version that has outcomes, the live version first.</summary>
    /// <param name="reading">Of outcomes by visitor.</param>
    /// <param name="live">The live version.</param>
    /// <param name="versions">The candidates.</param>
    /// <param name="labels">Names of the labels; empty where they are numbered.</param>
    public static IReadOnlyList<OutcomeMeasure> Of(OutcomeReading reading, string live, IEnumerable<string> versions, IReadOnlyList<string> labels)
    {
        // A number that was given anew has several contents: the one with most outcomes is meant.
        var groups = versions.Prepend(live)
            .Select(version => reading.Groups.Where(group => group.Version == version && group.Rows.Count > 0).MaxBy(group => group.Rows.Count))
            .OfType<OutcomeGroup>().ToList();
        return groups.Count == 0 ? [] : [.. Measures(groups, labels).SelectMany(measure => Compare(measure, groups, live))];
    }

    private static IEnumerable<Measure> Measures(List<OutcomeGroup> groups, IReadOnlyList<string> labels)
    {
        if (groups[0].Task == OutcomeTask.Regression)
        {
            return [new Measure("absolute error", IsShare: false, row => Math.Abs(row.Error))];
        }

        var frequent = groups.SelectMany(RowsOf).Where(row => row.Happened >= 0).GroupBy(row => row.Happened).OrderByDescending(same => same.Count()).Select(same => same.Key).ToList();
        List<int> shown = frequent.Count == 2 ? [frequent.Max()] : [.. frequent.Take(MaxLabels).Order()];
        return
        [
            new Measure("right", IsShare: true, row => row.Judged.IsRight ? 1 : 0),
            .. shown.Select(label => new Measure($"is {(label < labels.Count ? labels[label] : Figures.Text($"{label}"))}", IsShare: true, row => row.Happened == label ? 1 : 0)),
            new Measure("log loss", IsShare: false, row => row.Judged.LogLoss),
        ];
    }

    private static IEnumerable<OutcomeMeasure> Compare(Measure measure, List<OutcomeGroup> groups, string live)
    {
        Estimate? beside = groups[0].Version == live ? Find(measure, groups[0]) : null;
        foreach (var group in groups)
        {
            var found = Find(measure, group);
            yield return new OutcomeMeasure(measure.Name, measure.IsShare, group.Version, group.Rows.Count, found, group.Version == live ? null : beside is { } other ? found.Less(other) : null);
        }
    }

    private static Estimate Find(Measure measure, OutcomeGroup group)
    {
        var (weight, squares, sum, sumOfSquares) = (0.0, 0.0, 0.0, 0.0);
        foreach (var row in RowsOf(group))
        {
            double each = row.Judged.Weight;
            var value = measure.Value(row);
            weight += each;
            squares += each * each;
            sum += each * value;
            sumOfSquares += each * value * value;
        }

        // As many of equal weight would tell as much (Kish 1965).
        var (mean, count) = (sum / weight, weight * weight / squares);
        return measure.IsShare ? Estimate.OfShare(mean, count) : Estimate.OfMean(mean, (sumOfSquares / weight) - (mean * mean), count);
    }

    private static IEnumerable<OutcomeRow> RowsOf(OutcomeGroup group) => Enumerable.Range(0, group.Rows.Count).Select(index => group.Rows[index]);

    private sealed record Measure(string Name, bool IsShare, Func<OutcomeRow, double> Value);
}
