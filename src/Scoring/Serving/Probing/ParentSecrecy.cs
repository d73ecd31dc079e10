using System.Runtime.InteropServices;

namespace Scoring.Serving.Probing;

/// <summary>
/// Closes what <c>/proc</c> shows of this process (its environment, memory and open files) to others of the same user, where the kernel has no Landlock that closes it to a caged process
/// alone. This process then writes no core dump. Without a cage nothing is done.
/// </summary>
internal static partial class ParentSecrecy
{
    private const int LandlockCreate = 444, AskVersion = 1;
    private const int SetDumpable = 4;

    private static readonly Lazy<bool> Closed = new(Close);

    /// <summary>Sees to it before a process is started that is to be caged.</summary>
    /// <param name="policy">Whether it is.</param>
    public static void Ensure(CagePolicy policy)
    {
        if (policy != CagePolicy.Off && OperatingSystem.IsLinux())
        {
            _ = Closed.Value;
        }
    }

    private static bool Close() => Call(LandlockCreate, 0, 0, AskVersion) < 1 && Control(SetDumpable, 0, 0, 0, 0) == 0;

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Call(nint number, nint a, nint b, nint c);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint a, nuint b, nuint c, nuint d);
}
