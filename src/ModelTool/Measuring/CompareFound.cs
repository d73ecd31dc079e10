namespace ModelTool.Measuring;

/// <summary>A changed model beside its original.</summary>
/// <param name="Agreement">Share of instances with the same label; null where answers have none.</param>
/// <param name="Difference">The greatest difference of an output.</param>
/// <param name="Outputs">Each output by itself.</param>
/// <param name="FusedProducts">Integer products that the runtime fused to one operator at load.</param>
internal sealed record CompareFound(Latency Original, Latency Changed, double? Agreement, double Difference, IReadOnlyList<OutputComparison> Outputs, int Compared, string Instances, int FusedProducts)
{
    /// <summary>Median time of the changed model over that of the original.</summary>
    public double LatencyRatio => Changed.P50Microseconds / Original.P50Microseconds;
}
