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

    internal static VersionCalibration Of(OutcomeGroup group) => new(group.Version, group.Content, group.Task.ToString().ToLowerInvariant(), group.Rows.Count)
    {
        Calibration = group.Task == OutcomeTask.Regression ? null : CalibrationFigures.Of(group.ToJudged()),
        Regression = group.Task == OutcomeTask.Regression ? group.ToRegression() : null,
    };
}
