using Scoring.Calibration;
using Scoring.Configuration;

namespace ModelTool.Calibrating;

/// <summary>Fits each method and compares them by five-fold cross-validated log loss. Folds are stratified and seeded.</summary>
internal static class CalibrationFit
{
    private const int Folds = 5;
    private const int Seed = 5;
    private const int WidestVector = 40;

    /// <summary>Methods that fit so many labels, the simplest first.</summary>
    public static IEnumerable<CalibrationMethod> Methods(int width)
    {
        yield return CalibrationMethod.Temperature;
        if (width == 2)
        {
            yield return CalibrationMethod.Platt;
        }

        if (width <= WidestVector)
        {
            yield return CalibrationMethod.Vector;
        }

        yield return CalibrationMethod.Isotonic;
    }

    /// <summary>Every method's trial, after that of leaving the probabilities alone.</summary>
    public static IReadOnlyList<CalibrationTrial> Compare(ScoredRows rows) => Compare(rows, Methods(rows.Width).Select(method => (method, false)));

    /// <summary>The trials of some methods, each with or without a map of the greatest probability, after that of leaving the probabilities alone.</summary>
    public static IReadOnlyList<CalibrationTrial> Compare(ScoredRows rows, IEnumerable<(CalibrationMethod Method, bool MapsTop)> ways)
    {
        var folds = FoldsOf(rows.Labels);
        var plain = Enumerable.Range(0, rows.Count).Select(row => CalibrationQuality.LossOf(rows, row)).ToArray();
        var trials = new List<CalibrationTrial> { new(null, plain.Average(), 0, 0, rows) };
        foreach (var (method, mapsTop) in ways)
        {
            var held = new float[rows.Count][];
            for (var fold = 0; fold < Folds; fold++)
            {
                var fitted = Fit(method, rows.Take([.. Enumerable.Range(0, rows.Count).Where(row => folds[row] != fold)]), mapsTop);
                var rest = Enumerable.Range(0, rows.Count).Where(row => folds[row] == fold).ToArray();
                var scored = fitted is null ? rows.Take(rest) : Apply(fitted, rows.Take(rest));
                for (var index = 0; index < rest.Length; index++)
                {
                    held[rest[index]] = scored.Probabilities[index];
                }
            }

            var heldRows = rows with { Probabilities = held };
            var gains = plain.Select((loss, row) => loss - CalibrationQuality.LossOf(heldRows, row)).ToArray();
            trials.Add(new CalibrationTrial(method, plain.Average() - gains.Average(), gains.Average(), StandardError(gains), heldRows) { MapsTop = mapsTop });
        }

        return trials;
    }

    /// <summary>The trial of the lowest log loss; of those within one standard error of the difference, the simplest.</summary>
    public static CalibrationTrial Choose(IReadOnlyList<CalibrationTrial> trials)
    {
        var best = trials.MinBy(trial => trial.LogLoss)!;
        return trials.First(trial => trial == best || MeanDifference(trial, best) is var (mean, error) && mean <= error);
    }

    /// <summary>Fits one method to all rows.</summary>
    /// <returns>Null where the rows leave nothing to fit.</returns>
    public static CalibrationConfig? Fit(CalibrationMethod method, ScoredRows rows)
    {
        switch (method)
        {
            case CalibrationMethod.Temperature:
                return new CalibrationConfig { Method = method, Temperature = LogitFit.Temperature(rows) };
            case CalibrationMethod.Platt:
                var (scale, offset) = LogitFit.Platt(rows);
                return new CalibrationConfig { Method = method, Scales = [scale], Offsets = [offset] };
            case CalibrationMethod.Vector:
                var (scales, offsets) = LogitFit.Vector(rows);
                return new CalibrationConfig { Method = method, Scales = scales, Offsets = offsets };
            default:
                return IsotonicFit.Fit(rows) is var (scores, frequencies) ? new CalibrationConfig { Method = method, Scores = scores, Frequencies = frequencies } : null;
        }
    }

    /// <summary>Fits one method to all rows, and, where asked for, a map of the greatest probability that it gives.</summary>
    /// <returns>Null where the rows leave nothing to fit.</returns>
    public static CalibrationConfig? Fit(CalibrationMethod method, ScoredRows rows, bool mapsTop)
    {
        var config = Fit(method, rows);
        return mapsTop && config is not null && TopMapFit.Fit(Apply(config, rows)) is var (scores, frequencies)
            ? config with { Scores = scores, Frequencies = frequencies }
            : config;
    }

    /// <summary>The rows calibrated as a server calibrates them.</summary>
    public static ScoredRows Apply(CalibrationConfig config, ScoredRows rows)
    {
        var calibrator = Calibrator.Create(config, rows.Width, independent: false);
        return rows with
        {
            Probabilities = Array.ConvertAll(rows.Probabilities, row =>
            {
                var copy = (float[])row.Clone();
                calibrator.Apply(copy);
                return copy;
            }),
        };
    }

    private static (double Mean, double Error) MeanDifference(CalibrationTrial trial, CalibrationTrial best)
    {
        var differences = Enumerable.Range(0, best.Held.Count).Select(row => CalibrationQuality.LossOf(trial.Held, row) - CalibrationQuality.LossOf(best.Held, row)).ToArray();
        return (differences.Average(), StandardError(differences));
    }

    private static double StandardError(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, values.Length - 1) / values.Length);
    }

    private static int[] FoldsOf(int[] labels)
    {
        var random = new Random(Seed);
        var folds = new int[labels.Length];
        foreach (var group in Enumerable.Range(0, labels.Length).GroupBy(row => labels[row]))
        {
            var rows = group.ToArray();
            random.Shuffle(rows);
            for (var index = 0; index < rows.Length; index++)
            {
                folds[rows[index]] = index % Folds;
            }
        }

        return folds;
    }
}
