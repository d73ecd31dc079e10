namespace ModelTool.Measuring;

/// <summary>A changed model beside its original.</summary>
/// <param name="Agreement">Share of instances with the same label; 1 where answers have no label.</param>
/// <param name="Difference">Root of the squared differences of all numbers answered, over the root of the original's squares.</param>
/// <param name="FusedProducts">Integer products that the runtime fused to one operator at load.</param>
internal sealed record CompareFound(Latency Original, Latency Changed, double Agreement, double Difference, int Compared, string Instances, int FusedProducts)
{
    /// <summary>Median time of the changed model over that of the original.</summary>
    public double LatencyRatio => Changed.P50Microseconds / Original.P50Microseconds;
}
