using System.Globalization;

namespace Scoring.Serving.Probing;

/// <summary>What memory a second process could still take, by the container's limit and the machine's own count.</summary>
internal class AvailableMemory
{
    private const string CgroupLimit = "/sys/fs/cgroup/memory.max";
    private const string CgroupUse = "/sys/fs/cgroup/memory.current";
    private const string Machine = "/proc/meminfo";

    /// <summary>Bytes; <see cref="long.MaxValue"/> where the system does not tell.</summary>
    public virtual long Bytes() => Math.Min(OfContainer(), OfMachine());

    private static long OfContainer() =>
        ReadNumber(CgroupLimit) is { } limit && ReadNumber(CgroupUse) is { } used ? Math.Max(0, limit - used) : long.MaxValue;

    private static long OfMachine()
    {
        if (!File.Exists(Machine))
        {
            return long.MaxValue;
        }

        // MemAvailable:   12345678 kB
        var line = File.ReadLines(Machine).FirstOrDefault(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal));
        var number = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1);
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes << 10 : long.MaxValue;
    }

    private static long? ReadNumber(string path)
    {
        try
        {
            return File.Exists(path) && long.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
