using System.Globalization;

namespace EndToEnd.Tests.Hostile;

/// <summary>What the machine's processors did.</summary>
internal static class ProcessorTime
{
    // USER_HZ of Linux on every architecture.
    private const int TicksPerSecond = 100;

    // In the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal.
    private static readonly int[] Busy = [0, 1, 2, 5, 6];

    /// <summary>Time for which they were busy, all processes and the kernel together; only the difference of two counts. Zero where the system does not tell.</summary>
    public static TimeSpan OfMachine()
    {
        if (!OperatingSystem.IsLinux())
        {
            return TimeSpan.Zero;
        }

        var times = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(time => long.Parse(time, CultureInfo.InvariantCulture)).ToArray();
        return TimeSpan.FromSeconds(Busy.Sum(index => times[index]) / (double)TicksPerSecond);
    }
}
