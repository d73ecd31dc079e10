using System.Globalization;

namespace EndToEnd.Tests.OpenInference;

/// <summary>A fact that needs much memory and disk; skipped, saying how much, where there is less.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SpaceFactAttribute : FactAttribute
{
    /// <param name="memoryGiB">Memory that must be free.</param>
    /// <param name="diskGiB">Disk that must be free where temporary folders lie.</param>
    public SpaceFactAttribute(int memoryGiB, int diskGiB)
    {
        var (memory, disk) = (FreeMemory() >> 30, new DriveInfo(Path.GetTempPath()).AvailableFreeSpace >> 30);
        Skip = memory >= memoryGiB && disk >= diskGiB
            ? null
            : $"Needs {memoryGiB} GiB of memory and {diskGiB} GiB of disk: {memory} and {disk} GiB are free.";
    }

    private static long FreeMemory()
    {
        const string Machine = "/proc/meminfo";
        var line = File.Exists(Machine) ? File.ReadLines(Machine).FirstOrDefault(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal)) : null;
        var machine = line is null ? long.MaxValue : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
        return Math.Min(machine, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }
}
