using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using Scoring.Inference;
using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>What a verdict depends on beside the package: the version of ONNX Runtime and the processor's instruction sets, which choose its kernels.</summary>
/// <param name="OnnxRuntime">Such as <c>1.29.0</c>.</param>
/// <param name="Processor">Such as <c>x64 avx2 fma</c>.</param>
public sealed record ProbeEnvironment(string OnnxRuntime, string Processor)
{
    /// <summary>This process's. Loads the native library.</summary>
    public static ProbeEnvironment Current { get; } = new(NativeRuntime.Version, DescribeProcessor());

    /// <summary>The file name of a verdict.</summary>
    internal string Key { get; } = CacheKey.Of($"{OnnxRuntime} {Processor}");

    private static string DescribeProcessor() => string.Join(' ', (string[])
    [
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        .. ProcessorFlags.Names,
        .. AdvSimd.IsSupported ? ["neon"] : Array.Empty<string>(),
        .. Dp.IsSupported ? ["dotprod"] : Array.Empty<string>(),
    ]);
}
