namespace ModelTool.Optimizing;

/// <summary>Median times of loading two packages.</summary>
internal sealed record LoadTimesFound(double OriginalMilliseconds, double ChangedMilliseconds)
{
    /// <summary>The changed one's, of the original's.</summary>
    public double Ratio => ChangedMilliseconds / OriginalMilliseconds;
}
