using System.Globalization;
using System.Text;
using Scoring.Serving.Probing;

namespace Scoring.Probe.Caging;

/// <summary>
/// Walls this process off before it opens a package, by means of the kernel that need no root: 1 limits, 2 a user of its own where it is root, 3 no new privileges, and a filter of system
/// calls for every thread, 4 the files that it may open. Then it tries each wall, and reports those that hold.
/// </summary>
internal static unsafe class Cage
{
    private const int NoNewPrivileges = 38, AskNoNewPrivileges = 39;
    private const int InternetFamily = 2, StreamSocket = 1;

    // A group of flags that the kernel refuses as senseless, unless the filter refuses the call before.
    private const int SenselessClone = 0x800;

    /// <summary>Closes the cage.</summary>
    /// <param name="order">What the server asks for; null for no cage.</param>
    public static CageReport Close(CageOrder? order)
    {
        if (order is null)
        {
            return CageReport.Off;
        }

        if (!Numbers.AreKnown)
        {
            return new CageReport([OperatingSystem.IsLinux() ? "unknown processor" : "not on Linux"], false);
        }

        try
        {
            return Close(order, Environment.ProcessId);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or EntryPointNotFoundException)
        {
            return new CageReport([exception.Message], false);
        }
    }

    private static CageReport Close(CageOrder order, int processId)
    {
        // While files and folders may still be looked at.
        var parent = ParentEnvironment();
        var rules = FileRules.Make(order.Readable, order.Writable);

        var hasOwnUser = order.HasOwnUser && Environment.IsPrivilegedProcess && OwnUser.TryBecome(processId, order.Writable);
        var hasLimits = KernelLimits.TrySet(order, hasOwnUser);
        Native.Call(Numbers.Prctl, NoNewPrivileges, 1);
        CallFilter.TrySet(processId);
        var hasRules = rules is not null && EveryThread.TryBind(rules.Ruleset, processId) && rules.TryBind();

        List<string> missing = [];
        Hold(Native.Call(Numbers.Prctl, AskNoNewPrivileges) == 1, "privileges");
        Hold(IsRefused(Numbers.Socket, InternetFamily, StreamSocket), "network");
        Hold(IsRefused(Numbers.Execute) && IsRefused(Numbers.Clone, SenselessClone), "processes");
        Hold(hasRules && !Opens("/etc/passwd"), "files");
        Hold(parent is null || !Opens(parent), "parent");
        Hold(hasLimits, "limits");
        return new CageReport(missing, hasOwnUser);

        void Hold(bool holds, string measure)
        {
            if (!holds)
            {
                missing.Add(measure);
            }
        }
    }

    // Arguments without sense: where the call is let through it fails for another reason.
    private static bool IsRefused(int number, nint a = 0, nint b = 0) => Native.Call(number, a, b) == -1 && Native.LastError == Native.NotPermitted;

    private static bool Opens(string path)
    {
        nint file;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            file = Native.Call(Numbers.Open, -100, (nint)name, 0);
        }

        if (file >= 0)
        {
            Native.Call(Numbers.Close, file);
        }

        return file >= 0;
    }

    // Null where the parent is out of sight: a parent in another container's view of processes has no number here.
    private static string? ParentEnvironment()
    {
        // 4711 (name) S 4710: the name may hold anything.
        var status = File.ReadAllText("/proc/self/stat");
        var parent = int.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        return parent > 0 ? $"/proc/{parent.ToString(CultureInfo.InvariantCulture)}/environ" : null;
    }
}
