namespace Scoring.Calibration;

/// <summary>A figure with its 95 % interval.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Estimate(double Value, double Low, double High)
{
    private const double Z = 1.96;

    /// <summary>A share of as many as <paramref name="count"/> (Wilson 1927).</summary>
    internal static Estimate OfShare(double share, double count)
    {
        var denominator = 1 + (Z * Z / count);
        var centre = (share + (Z * Z / (2 * count))) / denominator;
        var half = Z / denominator * Math.Sqrt((share * (1 - share) / count) + (Z * Z / (4 * count * count)));
        return new Estimate(share, Math.Max(0, centre - half), Math.Min(1, centre + half));
    }

    /// <summary>A mean of as many as <paramref name="count"/> numbers.</summary>
    /// <param name="mean">Their mean.</param>
    /// <param name="variance">Their variance.</param>
    /// <param name="count">How many; an interval of few is too narrow.</param>
    internal static Estimate OfMean(double mean, double variance, double count)
    {
        var half = Z * Math.Sqrt(Math.Max(0, variance) / count);
        return new Estimate(mean, mean - half, mean + half);
    }

    /// <summary>How much greater it is than an independent one (Newcombe 1998, method 10; of means the usual interval).</summary>
    internal Estimate Less(Estimate other)
    {
        var difference = Value - other.Value;
        return new Estimate(
            difference, difference - double.Hypot(Value - Low, other.High - other.Value), difference + double.Hypot(High - Value, other.Value - other.Low));
    }
}
