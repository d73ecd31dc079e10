using System.Runtime.InteropServices;

namespace Scoring.Probe;

/// <summary>What this process asks of the system because it is expected to crash now and then.</summary>
internal static partial class ProcessLimits
{
    private const int CoreSize = 4;
    private const string OutOfMemoryScore = "/proc/self/oom_score_adj";

    /// <summary>No core dumps, and where memory runs out, the system is to end this process rather than the server beside it.</summary>
    public static void BeTheFirstToGo()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var none = default(Limit);
        _ = SetLimit(CoreSize, in none);
        try
        {
            File.WriteAllText(OutOfMemoryScore, "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A sandbox may forbid it; the parent's own polling remains.
        }
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public nuint Soft;
        public nuint Hard;
    }
}
