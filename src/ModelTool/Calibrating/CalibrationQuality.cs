using Scoring.Calibration;

namespace ModelTool.Calibrating;

/// <summary>How far probabilities can be trusted.</summary>
/// <param name="Ece">Expected calibration error of the greatest probability over 15 bins of equal width (Naeini et al. 2015; Guo et al. 2017).</param>
/// <param name="EceLow">Lower end of its 95 % bootstrap interval.</param>
/// <param name="EceHigh">Upper end.</param>
/// <param name="EceEqualMass">The same over 15 bins of equally many rows.</param>
/// <param name="Brier">Mean squared distance of a row's probabilities from what happened, summed over the labels (Brier 1950).</param>
/// <param name="LogLoss">Mean negative natural logarithm of what happened's probability, that no less than the least of float32.</param>
/// <param name="Accuracy">Share of rows whose most probable label happened.</param>
internal sealed record CalibrationQuality(double Ece, double EceLow, double EceHigh, double EceEqualMass, double Brier, double LogLoss, double Accuracy)
{
    /// <summary>Mean greatest probability less the share of rows whose most probable label happened: above 0 the package overstates, below 0 it understates.</summary>
    public double Gap { get; init; }

    /// <summary>Mean greatest probability of the bin that adds most to <see cref="Gap"/>.</summary>
    public double Says { get; init; }

    /// <summary>How often what it says there came true.</summary>
    public double ComesTrue { get; init; }

    /// <summary>Which way the probabilities err, for people, such as <c>the package overstates: where it says 0.90, 0.62 come true</c>.</summary>
    public string Direction => Verbs.Figures.Text($"the package {(Gap > 0 ? "overstates" : "understates")}: where it says {Says:0.00}, {ComesTrue:0.00} come true");

    /// <summary>The rows that it was measured on.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public ScoredRows Rows { get; init; } = new([], []);

    /// <summary>Bins of both errors.</summary>
    public const int Bins = 15;

    private const int Resamples = 300;
    private const int Draws = 100;
    private const int Seed = 15;

    /// <summary>Measures rows.</summary>
    public static CalibrationQuality Of(ScoredRows rows)
    {
        var (confidences, correct) = Top(rows);
        var (low, high) = Interval(confidences, correct);
        var gap = confidences.Average() - correct.Average(right => right ? 1.0 : 0);
        var (says, comesTrue) = Worst(confidences, correct, gap);
        return new CalibrationQuality(
            EceOf(confidences, correct), low, high, EqualMass(confidences, correct),
            Enumerable.Range(0, rows.Count).Average(row => SquaredDistance(rows.Probabilities[row], rows.Labels[row])),
            Enumerable.Range(0, rows.Count).Average(row => LossOf(rows, row)),
            correct.Average(right => right ? 1.0 : 0)) with
        { Rows = rows, Gap = gap, Says = says, ComesTrue = comesTrue };
    }

    /// <summary>Negative logarithm of the probability of what happened.</summary>
    public static double LossOf(ScoredRows rows, int row) => -Math.Log(Math.Max(rows.Probabilities[row][rows.Labels[row]], Calibrator.MinProbability));

    /// <summary>The greatest probability of each row, and whether its label happened.</summary>
    public static (double[] Confidences, bool[] Correct) Top(ScoredRows rows)
    {
        var confidences = new double[rows.Count];
        var correct = new bool[rows.Count];
        for (var row = 0; row < rows.Count; row++)
        {
            var best = 0;
            var scores = rows.Probabilities[row];
            for (var label = 1; label < scores.Length; label++)
            {
                best = scores[label] > scores[best] ? label : best;
            }

            confidences[row] = scores[best];
            correct[row] = best == rows.Labels[row];
        }

        return (confidences, correct);
    }

    /// <summary>Index of the bin of equal width, its upper end belonging to it; a confidence of 0 falls into the first.</summary>
    public static int BinOf(double confidence) => Math.Clamp((int)Math.Ceiling(confidence * Bins) - 1, 0, Bins - 1);

    private static (double Says, double ComesTrue) Worst(double[] confidences, bool[] correct, double gap)
    {
        var (says, comesTrue, _) = Enumerable.Range(0, confidences.Length).GroupBy(row => BinOf(confidences[row]))
            .Select(bin => (Says: bin.Average(row => confidences[row]), ComesTrue: bin.Average(row => correct[row] ? 1.0 : 0), Count: bin.Count()))
            .MaxBy(bin => Math.Sign(gap) * (bin.Says - bin.ComesTrue) * bin.Count);
        return (says, comesTrue);
    }

    /// <summary>The error over 15 bins of equal width.</summary>
    /// <param name="confidences">Of all rows.</param>
    /// <param name="correct">Whether each was right.</param>
    /// <param name="sample">Rows to take, some of them several times; null for each once.</param>
    public static double EceOf(double[] confidences, bool[] correct, int[]? sample = null)
    {
        Span<double> gaps = stackalloc double[Bins];
        for (var index = 0; index < confidences.Length; index++)
        {
            var row = sample?[index] ?? index;
            gaps[BinOf(confidences[row])] += confidences[row] - (correct[row] ? 1 : 0);
        }

        var sum = 0.0;
        foreach (var gap in gaps)
        {
            sum += Math.Abs(gap);
        }

        return sum / confidences.Length;
    }

    /// <summary>
    /// The error that a perfect calibration shows by chance: the mean of <see cref="EceOf"/> where each row is right as often as it says. No estimate on so many rows can be trusted
    /// below it; it is some 0.8 / √(rows / 15) times the spread of a single outcome.
    /// </summary>
    /// <param name="confidences">Of all rows.</param>
    public static double ByChance(double[] confidences)
    {
        var random = new Random(Seed);
        var correct = new bool[confidences.Length];
        var sum = 0.0;
        for (var draw = 0; draw < Draws; draw++)
        {
            for (var row = 0; row < correct.Length; row++)
            {
                correct[row] = random.NextDouble() < confidences[row];
            }

            sum += EceOf(confidences, correct);
        }

        return sum / Draws;
    }

    private static double EqualMass(double[] confidences, bool[] correct)
    {
        var order = Enumerable.Range(0, confidences.Length).OrderBy(row => confidences[row]).ToArray();
        var sum = 0.0;
        for (var bin = 0; bin < Bins; bin++)
        {
            var rows = order[(int)((long)order.Length * bin / Bins)..(int)((long)order.Length * (bin + 1) / Bins)];
            sum += Math.Abs(rows.Sum(row => confidences[row] - (correct[row] ? 1 : 0)));
        }

        return sum / confidences.Length;
    }

    private static (double Low, double High) Interval(double[] confidences, bool[] correct)
    {
        var random = new Random(Seed);
        var sample = new int[confidences.Length];
        var errors = new double[Resamples];
        for (var resample = 0; resample < Resamples; resample++)
        {
            for (var index = 0; index < sample.Length; index++)
            {
                sample[index] = random.Next(sample.Length);
            }

            errors[resample] = EceOf(confidences, correct, sample);
        }

        Array.Sort(errors);
        return (errors[(int)(Resamples * 0.025)], errors[(int)(Resamples * 0.975)]);
    }

    private static double SquaredDistance(float[] scores, int label)
    {
        var sum = 0.0;
        for (var index = 0; index < scores.Length; index++)
        {
            var distance = scores[index] - (index == label ? 1.0 : 0);
            sum += distance * distance;
        }

        return sum;
    }
}
