using ModelTool.Measuring;

namespace ModelTool.Quantizing;

/// <summary>One kind, measured beside the original.</summary>
/// <param name="QuantizedBytes">Of the rewritten file.</param>
/// <param name="Limits">What was asked of it.</param>
internal sealed record QuantizationAttempt(QuantizationMode Mode, long QuantizedBytes, QuantizationPlan Plan, CompareFound Compared, IReadOnlyList<Limit> Limits)
{
    /// <summary>Bytes, of the original's.</summary>
    public double BytesRatio { get; init; }

    /// <summary>True where nothing whose answers are within the limits, the original among it, is both smaller and faster.</summary>
    public bool IsOnFront { get; init; }

    /// <summary>True where answers are within the limits.</summary>
    public bool IsAccurate => Limits.All(limit => limit.Kept || !limit.IsAccuracy);

    /// <summary>True where every limit was kept.</summary>
    public bool IsKept => Limits.All(limit => limit.Kept);

    /// <summary>True where answers alone are too far off.</summary>
    public bool FailsByAccuracyAlone => !IsKept && Limits.All(limit => limit.Kept || limit.IsAccuracy);

    /// <summary>The limits that failed.</summary>
    public string Failures => string.Join("; ", Limits.Where(limit => !limit.Kept).Select(limit => Verbs.Figures.Text($"{limit.Name} {limit.Found:0.0000}, limit {limit.Bound:0.####}")));
}
