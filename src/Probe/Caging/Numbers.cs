using System.Runtime.InteropServices;

namespace Scoring.Probe.Caging;

/// <summary>The numbers of the system calls that the cage itself makes, on this kind of processor. Those since 2019 are the same everywhere.</summary>
internal static class Numbers
{
    public const int LandlockCreate = 444, LandlockAdd = 445, LandlockRestrict = 446;

    public static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static readonly int Close = Of(3, 57), Map = Of(9, 222), Protect = Of(10, 226), Open = Of(257, 56), Prctl = Of(157, 167), SetLimits = Of(302, 261), Seccomp = Of(317, 277),
        Execute = Of(59, 221), Clone = Of(56, 220), Socket = Of(41, 198), SignalThread = Of(234, 131), ThreadId = Of(186, 178), SetCapabilities = Of(126, 91),
        Own = Of(260, 54);

    /// <summary>True where these numbers are known.</summary>
    public static bool AreKnown => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    private static int Of(int x64, int arm64) => IsArm ? arm64 : x64;
}
