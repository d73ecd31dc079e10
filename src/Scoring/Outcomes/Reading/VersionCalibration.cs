using Scoring.Calibration;

namespace Scoring.Outcomes.Reading;

/// <summary>What outcomes say of one content of one version.</summary>
/// <param name="Version">The version's number.</param>
/// <param name="Content">First bytes of its content hash, in hex.</param>
/// <param name="Task"><c>classification</c>, <c>multilabel</c> or <c>regression</c>.</param>
/// <param name="Count">Receipts with an outcome.</param>
public sealed record VersionCalibration(string Version, string Content, string Task, int Count)
{
    /// <summary>How far its probabilities can be trusted; null for a regression.</summary>
    public CalibrationFigures? Calibration { get; init; }

    /// <summary>How far its values were off; null where it gives probabilities.</summary>
    public RegressionFigures? Regression { get; init; }

    /// <summary>Receipts that all instances gave out within the time asked, as far as they are known.</summary>
    public long Issued { get; init; }

    /// <summary>Share of them that have an outcome, 0 to 1; null where none is known.</summary>
    public double? ShareTold { get; init; }

    internal static IReadOnlyList<VersionCalibration> Of(OutcomeReading reading)
    {
        var groups = reading.Groups.ToDictionary(group => (group.Version, group.Content));
        var sums = reading.Receipts.Of(reading.Query).ToDictionary(sum => (sum.Version, sum.Content));
        return
        [
            .. groups.Keys.Union(sums.Keys).OrderByDescending(each => Repository.PackageNames.NumberOf(each.Version)).ThenBy(each => each.Content, StringComparer.Ordinal)
                .Select(each => Of(each, groups.GetValueOrDefault(each), sums.GetValueOrDefault(each), reading.Share)),
        ];
    }

    private static VersionCalibration Of((string Version, string Content) of, OutcomeGroup? group, ReceiptSum? sum, double readShare)
    {
        var isRegression = group?.Task == OutcomeTask.Regression;
        return new VersionCalibration(of.Version, of.Content, group?.Task.ToString().ToLowerInvariant() ?? sum!.Task, group?.Rows.Count ?? 0)
        {
            Calibration = group is null || isRegression ? null : CalibrationFigures.Of(group.ToJudged()),
            Regression = isRegression ? group!.ToRegression() : null,
            Issued = sum?.Issued ?? 0,
            ShareTold = sum?.ShareTold(group, readShare),
        };
    }
}
