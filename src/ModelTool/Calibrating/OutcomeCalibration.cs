using System.Text.Json.Serialization;
using ModelTool.Quantizing;
using Scoring.Calibration;
using Scoring.Configuration;

namespace ModelTool.Calibrating;

/// <summary>What outcomes say of a version's probabilities, and the calibration that betters them.</summary>
/// <param name="Outcomes">Receipts with an outcome.</param>
/// <param name="Limit">The calibration error that is good enough.</param>
/// <param name="Now">Of all outcomes, as the version gave its probabilities.</param>
internal sealed record OutcomeCalibration(int Outcomes, double Limit, CalibrationFigures Now)
{
    /// <summary>What the outcomes say by the rule of the alert.</summary>
    public CalibrationVerdict Verdict => Now.Judge(Limit);

    /// <summary>Receipts that were given out meanwhile, as far as they are known; null where none is.</summary>
    public long? Receipts { get; init; }

    /// <summary>Share of them that have an outcome, 0 to 1; null where none is known.</summary>
    public double? ShareTold { get; init; }

    /// <summary>Rows fitted to: the older.</summary>
    public int FittedOn { get; private init; }

    /// <summary>Rows judged by: the newer.</summary>
    public int JudgedOn { get; private init; }

    /// <summary>Of the newer part, as the version gave them; null where nothing was fitted.</summary>
    public CalibrationFigures? Before { get; private init; }

    /// <summary>Of the newer part by the new calibration.</summary>
    public CalibrationFigures? After { get; private init; }

    /// <summary>How much the log loss rises by the new calibration, row by row of the newer part: below 0 it betters them.</summary>
    public PairedInterval? LogLossRisen { get; private init; }

    /// <summary>The method; null where no calibration is best, or nothing was fitted.</summary>
    public CalibrationMethod? Chosen { get; private init; }

    /// <summary>True where the newer part is better by the new calibration, and surely so.</summary>
    public bool Helps => Before is not null && LogLossRisen is { High: < 0 } && After!.Ece < Before.Ece;

    /// <summary>What servers are to apply; null for no calibration.</summary>
    [JsonIgnore]
    public CalibrationConfig? Fitted { get; private init; }

    /// <summary>The greatest probability of each row of both parts by the new calibration.</summary>
    [JsonIgnore]
    public IReadOnlyList<double> Confidences { get; private init; } = [];

    /// <summary>Judges a version, and fits another calibration where its error is over the limit.</summary>
    public static OutcomeCalibration Of(OutcomeRows rows, CalibrationConfig? present, double limit)
    {
        var found = new OutcomeCalibration(rows.Count, limit, rows.Figures);
        return found.Verdict is CalibrationVerdict.Overconfident or CalibrationVerdict.Underconfident ? found.Fit(rows, present) : found;
    }

    private OutcomeCalibration Fit(OutcomeRows rows, CalibrationConfig? present)
    {
        var (older, newer) = (Raw(rows.Older, present), Raw(rows.Newer, present));
        var method = CalibrationFit.Choose(CalibrationFit.Compare(older)).Method;
        var fitted = method is { } chosen ? CalibrationFit.Fit(chosen, older) : null;
        var after = fitted is null ? newer : CalibrationFit.Apply(fitted, newer);
        var fittedTo = fitted is null ? older : CalibrationFit.Apply(fitted, older);
        return this with
        {
            FittedOn = older.Count,
            JudgedOn = newer.Count,
            Before = FiguresOf(rows.Newer),
            After = FiguresOf(after),
            LogLossRisen = PairedInterval.OfLogLossRisen(rows.Newer, after),
            Chosen = fitted?.Method,
            Fitted = fitted,
            Confidences = [.. CalibrationQuality.Top(fittedTo).Confidences, .. CalibrationQuality.Top(after).Confidences],
        };
    }

    private static ScoredRows Raw(ScoredRows rows, CalibrationConfig? present) => present is null ? rows : CalibrationInverse.Apply(present, rows);

    private static CalibrationFigures FiguresOf(ScoredRows rows)
    {
        var (confidences, correct) = CalibrationQuality.Top(rows);
        return CalibrationFigures.Of([.. Enumerable.Range(0, rows.Count).Select(row =>
            new JudgedPrediction((float)confidences[row], correct[row], (float)CalibrationQuality.LossOf(rows, row), Distance(rows.Probabilities[row], rows.Labels[row])))])!;
    }

    private static float Distance(float[] scores, int label) => scores.Select((score, index) => score - (index == label ? 1 : 0)).Sum(off => off * off);
}
