using ModelTool.Calibrating;

namespace ModelTool.Quantizing;

/// <summary>How sure a change of quality is: rows are drawn again with both models' answers to each, by a seeded bootstrap.</summary>
/// <param name="Low">Lower end of the 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Rows">Rows that it was drawn from.</param>
internal sealed record PairedInterval(double Low, double High, int Rows)
{
    private const int Resamples = 300;
    private const int Seed = 21;

    /// <summary>Of the mean of a figure's rise from row to row.</summary>
    public static PairedInterval OfMean(IReadOnlyList<double> rises)
    {
        var random = new Random(Seed);
        var means = new double[Resamples];
        for (var resample = 0; resample < Resamples; resample++)
        {
            for (var draw = 0; draw < rises.Count; draw++)
            {
                means[resample] += rises[random.Next(rises.Count)] / rises.Count;
            }
        }

        Array.Sort(means);
        return new(means[(int)(Resamples * 0.025)], means[(int)(Resamples * 0.975)], rises.Count);
    }

    /// <summary>Accuracy lost, row by row: 1 where the original alone is right, -1 where the other alone is.</summary>
    public static PairedInterval OfAccuracyLost(ScoredRows original, ScoredRows changed)
    {
        var (before, after) = (CalibrationQuality.Top(original).Correct, CalibrationQuality.Top(changed).Correct);
        return OfMean([.. before.Zip(after, (one, other) => (one ? 1.0 : 0) - (other ? 1.0 : 0))]);
    }

    /// <summary>Log loss risen, row by row.</summary>
    public static PairedInterval OfLogLossRisen(ScoredRows original, ScoredRows changed) =>
        OfMean([.. Enumerable.Range(0, original.Count).Select(row => CalibrationQuality.LossOf(changed, row) - CalibrationQuality.LossOf(original, row))]);

    /// <summary>Calibration error risen: of all rows drawn at once, since it is no mean over rows.</summary>
    public static PairedInterval OfEceRisen(ScoredRows original, ScoredRows changed)
    {
        var random = new Random(Seed);
        var (before, after) = (CalibrationQuality.Top(original), CalibrationQuality.Top(changed));
        var sample = new int[original.Count];
        var rises = new double[Resamples];
        for (var resample = 0; resample < Resamples; resample++)
        {
            for (var draw = 0; draw < sample.Length; draw++)
            {
                sample[draw] = random.Next(sample.Length);
            }

            rises[resample] = CalibrationQuality.EceOf(after.Confidences, after.Correct, sample) - CalibrationQuality.EceOf(before.Confidences, before.Correct, sample);
        }

        Array.Sort(rises);
        return new(rises[(int)(Resamples * 0.025)], rises[(int)(Resamples * 0.975)], original.Count);
    }

    /// <summary>What it says of a bound that the figure is to stay below: kept or lost where all of the interval says so, otherwise how many rows might tell.</summary>
    /// <param name="found">The figure over all rows.</param>
    /// <param name="bound">The most that it may be.</param>
    public string Says(double found, double bound)
    {
        if (High <= bound)
        {
            return "kept";
        }

        if (Low > bound)
        {
            return "lost";
        }

        // The interval narrows by the root of the rows.
        var half = Math.Max(High - found, found - Low);
        var needed = Rows * Math.Pow(half / Math.Max(Math.Abs(bound - found), 1e-9), 2);
        return needed < 1e9 ? Verbs.Figures.Text($"too few rows to tell ({Math.Ceiling(needed):#,0} would do)") : "too few rows to tell";
    }
}
