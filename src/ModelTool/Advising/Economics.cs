namespace ModelTool.Advising;

/// <summary>What time costs.</summary>
/// <param name="Traffic">Requests a second.</param>
/// <param name="Price">Of a gigabyte-second.</param>
/// <param name="MemoryGigabytes">Of an instance, all of which is paid while a request runs.</param>
/// <param name="LatePrice">What one request beyond the SLO costs its owner.</param>
/// <param name="Effort">Of one optimisation, in the same currency: work, tests, another model to look after.</param>
internal sealed record Economics(double Traffic, double Price, double MemoryGigabytes, double LatePrice, double Effort)
{
    /// <summary>Seconds of a year, over which the effort must pay.</summary>
    public const double Year = 365 * 24 * 3600.0;

    /// <summary>The most that a year can save: all the arithmetic of every request, and every late request.</summary>
    public double MaxSavedInAYear(double arithmeticSeconds, double lateShare) => Traffic * Year * ((arithmeticSeconds * MemoryGigabytes * Price) + (lateShare * LatePrice));
}
