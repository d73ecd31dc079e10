using Scoring.Serving.Probing;

namespace Scoring.Probe.Caging;

/// <summary>What this process may take, by the kernel's own count. The server beside it measures as well, and ends it sooner.</summary>
internal static unsafe class KernelLimits
{
    private const int ProcessorSeconds = 0, FileBytes = 1, DataBytes = 2, Tasks = 6, OpenFiles = 7;

    // A run takes a file and a thread where a model is served, at most 1024 of them, and its own threads beside.
    private const ulong MaxOpenFiles = 4096, MaxOwnTasks = 2048;

    /// <summary>Sets the limits. They cannot be raised again except by root.</summary>
    /// <param name="order">Says how much.</param>
    /// <param name="hasOwnUser">Whether nobody else's threads count.</param>
    public static bool TrySet(CageOrder order, bool hasOwnUser)
    {
        // The first is answered by a signal, the second, a second later, by the end.
        var seconds = (ulong)Math.Ceiling(order.ProcessorTime.TotalSeconds);
        return Set(OpenFiles, MaxOpenFiles) & Set(Tasks, MaxOwnTasks + (hasOwnUser ? 0 : TasksOfAll()))
            & (seconds == 0 || Set(ProcessorSeconds, seconds, seconds + 1))
            & (order.MemoryBytes == 0 || Set(DataBytes, (ulong)order.MemoryBytes))
            & (order.FileBytes == 0 || Set(FileBytes, (ulong)order.FileBytes));
    }

    private static bool Set(int resource, ulong soft, ulong? hard = null)
    {
        var limit = stackalloc ulong[4];
        if (Native.Call(Numbers.SetLimits, 0, resource, 0, (nint)(limit + 2)) != 0)
        {
            return false;
        }

        // A limit that stands already is not raised.
        limit[1] = Math.Min(hard ?? soft, limit[3]);
        limit[0] = Math.Min(soft, limit[1]);
        return Native.Call(Numbers.SetLimits, 0, resource, (nint)limit, 0) == 0;
    }

    // The kernel counts the tasks of a user, those of the app included. How many all users have is one read: 0.20 0.18 0.12 1/80 11206.
    private static ulong TasksOfAll() => ulong.TryParse(File.ReadAllText("/proc/loadavg").Split(' ', '/').ElementAtOrDefault(4), out var count) ? count : MaxOwnTasks;
}
