using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
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

    private static string DescribeProcessor()
    {
        (string Name, bool IsSupported)[] sets =
        [
            ("sse4.2", Sse42.IsSupported), ("avx", Avx.IsSupported), ("avx2", Avx2.IsSupported), ("fma", Fma.IsSupported), ("avxvnni", AvxVnni.IsSupported),
            ("avx512f", Avx512F.IsSupported), ("avx512bw", Avx512BW.IsSupported), ("avx512vbmi", Avx512Vbmi.IsSupported), ("avx10", Avx10v1.IsSupported),
            ("neon", AdvSimd.IsSupported), ("dotprod", Dp.IsSupported),
        ];
        return string.Join(' ', sets.Where(s => s.IsSupported).Select(s => s.Name).Prepend(RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()));
    }
}
