using System.Text;

namespace Scoring.Probe.Caging;

/// <summary>
/// The files that this process may open from now on, by the kernel's Landlock. What was opened before stays open. It binds the thread that asks and those that it starts, so
/// <see cref="EveryThread"/> asks for the others.
/// </summary>
internal sealed unsafe class FileRules
{
    // Rights, as the kernel numbers them.
    private const ulong WriteFile = 1 << 1, ReadFile = 1 << 2, ReadFolder = 1 << 3, Truncate = 1 << 14;

    // All that the first version knows: beside the above, to start programs, and to make and remove each kind of entry. Later ones add to link between folders and to truncate.
    private const ulong FirstVersion = (1 << 13) - 1, SecondVersion = 1 << 13, ThirdVersion = Truncate;
    private const ulong Execute = 1;

    private const int AskVersion = 1, BeneathPath = 1;

    // Opened for its place alone, and closed to other programs.
    private const int PlaceOnly = 0x20_0000, CloseOnExecute = 0x8_0000;

    // Memory of other processes is shared there, terminals and queues of theirs lie there.
    private static readonly string[] NotDevices = ["shm", "mqueue", "pts", "hugepages", "tty", "vcs", "loop", "fd", "std", "core"];

    // Where libraries are found, what the clock's zone is, and what drivers are told.
    private static readonly string[] OfTheSystem =
    [
        "/usr", "/lib", "/lib64", "/opt", "/nix/store", "/proc", "/sys", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/timezone",
        "/etc/alternatives", "/etc/nvidia", "/etc/OpenCL", "/etc/vulkan",
    ];

    private readonly ulong handled;
    private readonly int ruleset;

    private FileRules(ulong handled, int ruleset)
    {
        this.handled = handled;
        this.ruleset = ruleset;
    }

    /// <summary>The rules, to be passed on to the kernel.</summary>
    public int Ruleset => ruleset;

    /// <summary>Gathers the rules; null where the kernel knows none.</summary>
    public static FileRules? Make(IEnumerable<string> readable, IEnumerable<string> writable)
    {
        var version = Native.Call(Numbers.LandlockCreate, 0, 0, AskVersion);
        if (version < 1)
        {
            return null;
        }

        var handled = FirstVersion | (version >= 2 ? SecondVersion : 0) | (version >= 3 ? ThirdVersion : 0);
        var ruleset = (int)Native.Call(Numbers.LandlockCreate, (nint)(&handled), sizeof(ulong), 0);
        if (ruleset < 0)
        {
            return null;
        }

        var rules = new FileRules(handled, ruleset);
        foreach (var path in OfTheSystem.Concat(Runtime()).Concat(readable))
        {
            rules.Allow(path, ReadFile | ReadFolder);
        }

        foreach (var path in Directory.EnumerateFileSystemEntries("/dev").Where(path => !NotDevices.Any(Path.GetFileName(path).StartsWith)))
        {
            rules.Allow(path, ReadFile | ReadFolder | WriteFile);
        }

        foreach (var path in writable)
        {
            rules.Allow(path, ~Execute);
        }

        return rules;
    }

    /// <summary>Binds the calling thread. No new privileges must have been asked for.</summary>
    public bool TryBind() => Native.Call(Numbers.LandlockRestrict, ruleset) == 0;

    // A path that is not there needs no rule.
    private void Allow(string path, ulong rights)
    {
        nint place;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            place = Native.Call(Numbers.Open, -100, (nint)name, PlaceOnly | CloseOnExecute);
        }

        if (place < 0)
        {
            return;
        }

        var files = Directory.Exists(path) ? handled : ReadFile | WriteFile | Truncate;
        var rule = stackalloc byte[sizeof(ulong) + sizeof(int)];
        *(ulong*)rule = rights & files & handled;
        *(int*)(rule + sizeof(ulong)) = (int)place;
        Native.Call(Numbers.LandlockAdd, ruleset, BeneathPath, (nint)rule, 0);
        Native.Call(Numbers.Close, place);
    }

    // The folders of the runtime's libraries. The app's own may hold settings, such as local.settings.json: of it the libraries and what lies deeper.
    private static IEnumerable<string> Runtime()
    {
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var folders = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(':').Select(Path.GetDirectoryName)
            .Concat(((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? "").Split(':').Select(folder => folder.TrimEnd('/')))
            .Concat((Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "").Split(':'));
        return folders.OfType<string>().Where(folder => folder.Length > 1 && folder != own).Distinct()
            .Concat(Directory.EnumerateDirectories(own))
            .Concat(Directory.EnumerateFiles(own).Where(file => file.EndsWith(".dll", StringComparison.Ordinal) || Path.GetFileName(file).Contains(".so", StringComparison.Ordinal)));
    }
}
