using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Scoring.Inference;

/// <summary>
/// What a run costs: the time that its thread has the processor, which neighbours on a busy machine touch little. Where a run has more threads than the caller's or is in
/// another process, or the system does not tell, the time that passes.
/// </summary>
internal static partial class RunClock
{
    // CLOCK_THREAD_CPUTIME_ID of Linux.
    private const int ThreadTime = 3;

    /// <summary>A reading on this thread; only the difference of two counts.</summary>
    public static TimeSpan Read(SessionSettings settings) =>
        settings is { IntraOpThreads: 1, IsIsolated: false } && OperatingSystem.IsLinux() && GetTime(ThreadTime, out var time) == 0
            ? new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick))
            : Stopwatch.GetElapsedTime(0);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Timespec time);

    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
