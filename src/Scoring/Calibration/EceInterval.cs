namespace Scoring.Calibration;

/// <summary>
/// The calibration error over bins of equal mass, with a seeded bootstrap interval. The error is a sum of absolute gaps, so chance alone makes it larger than it is, and larger once more
/// in a resample. The lower end is the one mirrored at the error (Efron and Tibshirani 1993, the basic interval), which takes that off: a calibrated model has a lower end near 0 however few
/// its outcomes are. The upper end is the resamples' own.
/// </summary>
internal static class EceInterval
{
    private const int Resamples = 500;
    private const int Seed = 15;

    // Beyond so many predictions a bin's gap is as good as normal, and drawing it takes one step instead of one for each prediction.
    private const int MaxDrawn = 10_000;

    public static (double Ece, double Low, double High) Of(JudgedPrediction[] predictions, EqualMassBins bins, double weight)
    {
        var ece = bins.Sums.Sum(bin => Math.Abs(bin.Gap)) / weight;
        var random = new Random(Seed);
        var errors = new double[Resamples];
        for (var resample = 0; resample < Resamples; resample++)
        {
            errors[resample] = predictions.Length <= MaxDrawn ? Drawn(random, predictions, bins) : Normal(random, bins, predictions.Length, weight);
        }

        Array.Sort(errors);
        var (least, most) = (errors[(int)(Resamples * 0.025)], errors[(int)(Resamples * 0.975)]);
        return (ece, Math.Clamp((2 * ece) - most, 0, ece), Math.Max(Math.Max(least, most), ece));
    }

    private static double Drawn(Random random, JudgedPrediction[] predictions, EqualMassBins bins)
    {
        Span<double> gaps = stackalloc double[CalibrationFigures.BinCount];
        gaps.Clear();
        var weight = 0.0;
        for (var draw = 0; draw < predictions.Length; draw++)
        {
            var index = random.Next(predictions.Length);
            ref var each = ref predictions[index];
            gaps[bins.BinOf[index]] += each.Weight * (each.Confidence - (each.IsRight ? 1.0 : 0));
            weight += each.Weight;
        }

        var sum = 0.0;
        foreach (var gap in gaps)
        {
            sum += Math.Abs(gap);
        }

        return sum / weight;
    }

    private static double Normal(Random random, EqualMassBins bins, int count, double weight)
    {
        var sum = 0.0;
        foreach (ref var bin in bins.Sums.AsSpan())
        {
            var spread = Math.Sqrt(Math.Max(0, bin.GapSquares - (bin.Gap * bin.Gap / count)));

            // Box and Muller 1958.
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            sum += Math.Abs(bin.Gap + (spread * normal));
        }

        return sum / weight;
    }
}
