using System.Reflection;
using System.Runtime.InteropServices;
using Scoring.Inference;

namespace Scoring.Bench.Reporting;

/// <summary>Where and with what a result was taken.</summary>
/// <param name="Processor">Its name, as the machine tells it.</param>
/// <param name="Cores">Processors that this process may use.</param>
/// <param name="MemoryBytes">Memory that it may use.</param>
/// <param name="System">The operating system.</param>
/// <param name="DotNet">The runtime's version.</param>
/// <param name="OnnxRuntime">The native library's version.</param>
/// <param name="Commit">Of the sources, where the build knew it.</param>
/// <param name="Load">Processes that ran or waited in the last minute, at the end of the run; more than the cores means a busy machine. Null where the system does not tell.</param>
internal sealed record Machine(string Processor, int Cores, long MemoryBytes, string System, string DotNet, string OnnxRuntime, string Commit, double? Load)
{
    public static Machine Here() => new(
        Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        RuntimeInformation.OSDescription,
        Environment.Version.ToString(),
        NativeRuntime.Version,
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, var commit] ? commit : "",
        LoadOfLastMinute());

    private static string? Line(string file, string name) => File.Exists(file)
        ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        : null;

    private static double? LoadOfLastMinute() => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], global::System.Globalization.CultureInfo.InvariantCulture)
        : null;
}
