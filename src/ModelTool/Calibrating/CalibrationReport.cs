using System.Text.Json.Serialization;
using ModelTool.Measuring;
using Scoring.Calibration;
using Scoring.Configuration;
using Scoring.Features;

namespace ModelTool.Calibrating;

/// <summary>What labelled rows say of a package's probabilities and of the ways to better them.</summary>
/// <param name="Rows">Rows measured.</param>
/// <param name="Before">The package as it is, its own calibration included.</param>
/// <param name="After">The chosen calibration on rows that it was not fitted to; equal to <paramref name="Before"/> where nothing need be done.</param>
/// <param name="Chosen">Null where nothing need be done, or nothing helps.</param>
/// <param name="NeedsCalibration">True where the error is above the threshold.</param>
internal sealed record CalibrationReport(
    int Rows, int Refused, string LabelColumn, double Threshold, CalibrationQuality Before, CalibrationQuality After, IReadOnlyList<CalibrationTrial> Trials, CalibrationMethod? Chosen, bool NeedsCalibration)
{
    /// <summary>The package without the calibration in its model.json; null where it has none.</summary>
    public CalibrationQuality? Without { get; init; }

    /// <summary>True where the calibration in the package makes its probabilities worse: to drop it comes first.</summary>
    public bool IsBetterWithout => Without is { } without && without.LogLoss < Before.LogLoss && without.Ece < Before.Ece;

    /// <summary>What servers are to apply; null where nothing changes.</summary>
    [JsonIgnore]
    public CalibrationConfig? Fitted { get; init; }

    /// <summary>As the package scores them now.</summary>
    [JsonIgnore]
    public ScoredRows RowsBefore { get; private init; } = new([], []);

    /// <summary>As the chosen calibration, fitted without them, scores them.</summary>
    [JsonIgnore]
    public ScoredRows RowsAfter { get; private init; } = new([], []);

    /// <summary>Judges scored rows.</summary>
    /// <param name="found">Scored without the package's calibration.</param>
    /// <param name="config">The package's model.json.</param>
    /// <param name="threshold">The error that is good enough.</param>
    public static CalibrationReport Of(PredictFound found, ModelConfig config, double threshold)
    {
        var raw = found.ToRows();
        var rows = config.Calibration is { } present ? CalibrationFit.Apply(present, raw) : raw;
        var before = CalibrationQuality.Of(rows);
        var needed = before.Ece > threshold;
        var trials = needed ? CalibrationFit.Compare(raw) : [];
        var best = needed ? CalibrationFit.Choose(trials) : null;
        var fitted = best?.Method is { } method && Helps(best, rows) ? CalibrationFit.Fit(method, raw) : null;
        var after = fitted is null ? rows : best!.Held;
        return new CalibrationReport(raw.Count, found.Refused, found.LabelColumn, threshold, before, fitted is null ? before : CalibrationQuality.Of(after), trials, fitted?.Method, needed)
        {
            Fitted = fitted,
            Without = config.Calibration is null ? null : CalibrationQuality.Of(raw),
            RowsBefore = rows,
            RowsAfter = after,
        };
    }

    // Beside the package as it is, which may be calibrated already.
    private static bool Helps(CalibrationTrial trial, ScoredRows rows) =>
        Enumerable.Range(0, rows.Count).Average(row => CalibrationQuality.LossOf(rows, row)) > trial.LogLoss;
}
