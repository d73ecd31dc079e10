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
        var words = new List<string> { RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant() };
        Add("sse4.2", Sse42.IsSupported);
        Add("avx", Avx.IsSupported);
        Add("avx2", Avx2.IsSupported);
        Add("fma", Fma.IsSupported);
        Add("avxvnni", AvxVnni.IsSupported);
        Add("avx512f", Avx512F.IsSupported);
        Add("avx512bw", Avx512BW.IsSupported);
        Add("avx512vbmi", Avx512Vbmi.IsSupported);
        Add("avx10", Avx10v1.IsSupported);
        Add("neon", AdvSimd.IsSupported);
        Add("dotprod", Dp.IsSupported);
        return string.Join(' ', words);

        void Add(string name, bool isSupported)
        {
            if (isSupported)
            {
                words.Add(name);
            }
        }
    }
}
