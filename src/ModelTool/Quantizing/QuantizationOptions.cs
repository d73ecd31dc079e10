namespace ModelTool.Quantizing;

/// <summary>How a model is quantized.</summary>
/// <param name="WeightOnly">Weights are stored as INT8 and made float32 again at load: smaller, not faster.</param>
/// <param name="PerChannel">A scale for each column of a matrix; otherwise one for all.</param>
/// <param name="SevenBits">Weights from -64 to 64: without VNNI, products of eight bits may overflow the sums that the processor makes of pairs.</param>
/// <param name="Exclude">Names of nodes, or of their first outputs, that stay float32.</param>
internal sealed record QuantizationOptions(bool WeightOnly, bool PerChannel, bool SevenBits, IReadOnlyCollection<string> Exclude)
{
    /// <summary>True where the processor multiplies bytes without that overflow.</summary>
    public static bool HasVnni => System.Runtime.Intrinsics.X86.AvxVnni.IsSupported || IsArm || HasAvx512Vnni;

    private static bool IsArm => System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported;

    // CPUID leaf 7: bit 11 of ECX.
    private static bool HasAvx512Vnni => System.Runtime.Intrinsics.X86.X86Base.IsSupported && (System.Runtime.Intrinsics.X86.X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0;
}
