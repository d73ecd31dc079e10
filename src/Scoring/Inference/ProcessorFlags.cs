using System.Runtime.Intrinsics.X86;

namespace Scoring.Inference;

/// <summary>
/// Instruction sets of this machine's processor, by its own word (CPUID), for those are what ONNX Runtime chooses its kernels by. What a program may use of them itself is another matter,
/// and differs between a program that is compiled while it runs and one native file.
/// </summary>
internal static class ProcessorFlags
{
    private const int Eax = 0, Ebx = 1, Ecx = 2, Edx = 3;
    private const int Features = 1, MoreFeatures = 7;

    private static readonly (string Name, int Leaf, int Part, int Register, int Bit)[] Known =
    [
        ("sse4.2", Features, 0, Ecx, 20),
        ("avx", Features, 0, Ecx, 28),
        ("avx2", MoreFeatures, 0, Ebx, 5),
        ("fma", Features, 0, Ecx, 12),
        ("avxvnni", MoreFeatures, 1, Eax, 4),
        ("avx512f", MoreFeatures, 0, Ebx, 16),
        ("avx512bw", MoreFeatures, 0, Ebx, 30),
        ("avx512vbmi", MoreFeatures, 0, Ecx, 1),
        ("avx10", MoreFeatures, 1, Edx, 19),
    ];

    /// <summary>Names of those that it has; none on what is no x86.</summary>
    public static IEnumerable<string> Names => Known.Where(flag => Has(flag.Leaf, flag.Part, flag.Register, flag.Bit)).Select(flag => flag.Name);

    /// <summary>Whether an x86 processor adds products of bytes without an overflow in between.</summary>
    public static bool HasVnni => Has(MoreFeatures, 0, Ecx, 11) || Has(MoreFeatures, 1, Eax, 4);

    private static bool Has(int leaf, int part, int register, int bit)
    {
        // Beyond its last leaf, and beyond a leaf's last part, a processor answers what it likes.
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < leaf || (part > 0 && X86Base.CpuId(leaf, 0).Eax < part))
        {
            return false;
        }

        var (eax, ebx, ecx, edx) = X86Base.CpuId(leaf, part);
        return ((register switch { Eax => eax, Ebx => ebx, Ecx => ecx, _ => edx }) & (1 << bit)) != 0;
    }
}
