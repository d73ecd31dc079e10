namespace ModelTool.Quantizing;

/// <summary>How a model is quantized.</summary>
/// <param name="Mode">What is computed in INT8.</param>
/// <param name="PerChannel">A scale for each column of a matrix; otherwise one for all.</param>
/// <param name="SevenBits">Weights from -64 to 64: without VNNI, products of eight bits may overflow the sums that the processor makes of pairs.</param>
/// <param name="Exclude">Names of nodes, or of their first outputs, that stay float32.</param>
internal sealed record QuantizationOptions(QuantizationMode Mode, bool PerChannel, bool SevenBits, IReadOnlyCollection<string> Exclude)
{
    /// <summary>For <see cref="QuantizationMode.Static"/>: the least and the greatest value of each input and output, by its name; null where only the size of the result counts.</summary>
    public IReadOnlyDictionary<string, InputRange>? Ranges { get; init; }

    /// <summary>Leaves out matrices under 64 KiB that hold less than this share of the model's weights: it costs an operator each. Only where weights alone are stored as INT8.</summary>
    public double MinShare { get; init; } = 0.01;

    /// <summary>True where the processor multiplies bytes without that overflow.</summary>
    public static bool HasVnni => System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported || global::Scoring.Inference.ProcessorFlags.HasVnni;
}
