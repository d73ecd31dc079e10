using ModelTool.Calibrating;
using ModelTool.Training.Searching;
using Scoring.Calibration;
using Scoring.Configuration;

namespace ModelTool.Training.Scoring;

/// <summary>How good probabilities are on the test texts.</summary>
/// <param name="Quality">Accuracy; where texts have several labels, F1 over all of them.</param>
/// <param name="Low">Lower end of its 95 % bootstrap interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="EceBefore">Calibration error as fitted, over 15 bins; of several labels that of each label by itself.</param>
/// <param name="EceAfter">The same after calibration on the validation texts.</param>
/// <param name="EceByChance">What so many texts would show of a perfect calibration.</param>
/// <param name="EceEqualMass">After calibration, over 15 bins of equally many texts.</param>
/// <param name="LogLoss">After calibration.</param>
internal sealed record TextQuality(double Quality, double Low, double High, double EceBefore, double EceAfter, double EceByChance, double EceEqualMass, double LogLoss)
{
    private const int Resamples = 300;
    private const int Seed = 8;

    public static TextQuality Of(float[][] probabilities, int[][] labels, CalibrationConfig calibration, bool isMultilabel)
    {
        var calibrated = Calibrated(calibration, probabilities, isMultilabel);
        var counts = Counts(calibrated, labels, isMultilabel);
        var (low, high) = Interval(counts);
        var after = CalibrationQuality.Of(ToRows(calibrated, labels, isMultilabel));
        var byChance = CalibrationQuality.ByChance(CalibrationQuality.Top(after.Rows).Confidences);
        return new TextQuality(LabelScores.Quality(counts), low, high, CalibrationQuality.Of(ToRows(probabilities, labels, isMultilabel)).Ece, after.Ece, byChance, after.EceEqualMass, after.LogLoss);
    }

    /// <summary>Of each text what was found, wrong and missed.</summary>
    public static (int Right, int Wrong, int Missed)[] Counts(float[][] probabilities, int[][] labels, bool isMultilabel) =>
        [.. probabilities.Zip(labels, (row, own) => LabelScores.Counts(Array.ConvertAll(row, value => (double)value), own, isMultilabel))];

    /// <summary>The probabilities as a server calibrates them.</summary>
    public static float[][] Calibrated(CalibrationConfig calibration, float[][] probabilities, bool isMultilabel)
    {
        var calibrator = Calibrator.Create(calibration, probabilities[0].Length, isMultilabel);
        return Array.ConvertAll(probabilities, row =>
        {
            var copy = (float[])row.Clone();
            calibrator.Apply(copy);
            return copy;
        });
    }

    /// <summary>Rows to calibrate by: one a text, or, of several labels, one a text and label, of two columns.</summary>
    public static ScoredRows ToRows(float[][] probabilities, int[][] labels, bool isMultilabel) => isMultilabel
        ? new ScoredRows(
            [.. probabilities.SelectMany(row => row.Select(value => new[] { 1 - value, value }))],
            [.. labels.SelectMany((own, row) => Enumerable.Range(0, probabilities[row].Length).Select(label => own.Contains(label) ? 1 : 0))])
        : new ScoredRows(probabilities, Array.ConvertAll(labels, own => own[0]));

    private static (double Low, double High) Interval((int Right, int Wrong, int Missed)[] counts)
    {
        var random = new Random(Seed);
        var drawn = new (int, int, int)[counts.Length];
        var found = new double[Resamples];
        for (var resample = 0; resample < Resamples; resample++)
        {
            for (var draw = 0; draw < drawn.Length; draw++)
            {
                drawn[draw] = counts[random.Next(counts.Length)];
            }

            found[resample] = LabelScores.Quality(drawn);
        }

        Array.Sort(found);
        return (found[(int)(Resamples * 0.025)], found[(int)(Resamples * 0.975)]);
    }
}
