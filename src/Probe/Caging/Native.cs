using System.Runtime.InteropServices;

namespace Scoring.Probe.Caging;

/// <summary>Calls of the kernel. One entry for nearly all of them: each further one costs the start of the process some hundred microseconds.</summary>
internal static unsafe partial class Native
{
    /// <summary>The error of what is not permitted, and of what is not there.</summary>
    public const int NotPermitted = 1, NoSuchCall = 38, NoAccess = 13;

    /// <summary>The error of the last call of this thread.</summary>
    public static int LastError => Marshal.GetLastSystemError();

    /// <summary>Calls the kernel: -1 where it refuses.</summary>
    [LibraryImport("libc", EntryPoint = "syscall")]
    public static partial nint Call(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0);

    /// <summary>Sets what a signal does. The structure is the C library's: handler, 128 bytes of mask, flags, restorer.</summary>
    [LibraryImport("libc", EntryPoint = "sigaction")]
    public static partial int SetSignal(int signal, void* action, void* old);

    // The C library's own, since they see to every thread; the kernel's concern the calling thread alone.
    [LibraryImport("libc", EntryPoint = "setgroups")]
    public static partial int SetGroups(nuint count, void* groups);

    [LibraryImport("libc", EntryPoint = "setresgid")]
    public static partial int SetGroup(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "setresuid")]
    public static partial int SetUser(uint real, uint effective, uint saved);
}
