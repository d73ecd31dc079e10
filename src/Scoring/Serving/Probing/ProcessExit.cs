using System.Globalization;

namespace Scoring.Serving.Probing;

/// <summary>Reads the end of a process: on Unix an exit code over 128 is the number of the signal that killed it.</summary>
internal static class ProcessExit
{
    private const int Kill = 9;
    private const int FirstSignal = 128;

    /// <summary>True where the system, not the process itself, ended it: most often for want of memory.</summary>
    public static bool WasKilled(int exitCode) => exitCode == FirstSignal + Kill;

    /// <summary>Such as <c>died of SIGSEGV (exit code 139)</c>.</summary>
    public static string Describe(int exitCode) =>
        exitCode is > FirstSignal and < FirstSignal + 65
            ? $"died of {SignalName(exitCode - FirstSignal)} (exit code {Number(exitCode)})"
            : exitCode < 0 || exitCode > 255
                ? $"died with exit code 0x{unchecked((uint)exitCode).ToString("X8", CultureInfo.InvariantCulture)}"
                : $"ended with exit code {Number(exitCode)}";

    private static string SignalName(int signal) => signal switch
    {
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        Kill => "SIGKILL",
        11 => "SIGSEGV",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => $"signal {Number(signal)}",
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
