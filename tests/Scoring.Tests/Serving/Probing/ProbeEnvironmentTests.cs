using System.Runtime.Intrinsics.X86;
using Scoring.Serving.Probing;

namespace Scoring.Tests.Serving.Probing;

/// <summary>What a verdict is looked up by, which is the processor's and not the program's.</summary>
public sealed class ProbeEnvironmentTests
{
    // The tests are compiled while they run, so that whatever the processor has is theirs to use; one native file is not told of AVX-512.
    [Fact]
    public void Processor_OfThisMachine_HasTheInstructionSetsThatTheRuntimeSees()
    {
        var words = ProbeEnvironment.Current.Processor.Split(' ');

        Assert.All(
            new Dictionary<string, bool>
            {
                ["sse4.2"] = Sse42.IsSupported,
                ["avx"] = Avx.IsSupported,
                ["avx2"] = Avx2.IsSupported,
                ["fma"] = Fma.IsSupported,
                ["avxvnni"] = AvxVnni.IsSupported,
                ["avx512f"] = Avx512F.IsSupported,
                ["avx512bw"] = Avx512BW.IsSupported,
                ["avx512vbmi"] = Avx512Vbmi.IsSupported,
                ["avx10"] = Avx10v1.IsSupported,
            },
            one => Assert.Equal((one.Key, one.Value), (one.Key, words.Contains(one.Key))));
    }
}
