using System.Diagnostics;

namespace Scoring.Serving.Probing;

/// <summary>Finds the probe, which is shipped beside the app.</summary>
internal sealed class ProbeExecutable(string folder)
{
    private const string Name = "Scoring.Probe";

    // What the runtime needs to find itself, its temporary folder and its locale; no setting or secret of the app.
    private static readonly string[] Inherited =
        ["PATH", "HOME", "TMPDIR", "TMP", "TEMP", "LANG", "LC_ALL", "LC_CTYPE", "LOCPATH", "SystemRoot", "USERPROFILE", "LD_LIBRARY_PATH"];

    /// <summary>Beside the assembly that runs.</summary>
    public static ProbeExecutable BesideTheApp { get; } = new(AppContext.BaseDirectory);

    /// <summary>Where it is looked for.</summary>
    public string Folder => folder;

    /// <summary>How to start it, without arguments; null when it is not there.</summary>
    public ProcessStartInfo? Find()
    {
        var assembly = Path.Combine(folder, $"{Name}.dll");
        var host = Path.Combine(folder, OperatingSystem.IsWindows() ? $"{Name}.exe" : Name);
        if (!File.Exists(assembly))
        {
            return null;
        }

        // The app's own runtime is the surest; a deployment may lose the executable's permission, or was built on another system.
        var start = Runtime() is { } runtime ? new ProcessStartInfo(runtime, Arguments(assembly))
            : IsExecutable(host) ? new ProcessStartInfo(host)
            : new ProcessStartInfo("dotnet", Arguments(assembly));
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = Path.GetTempPath();
        Restrict(start.Environment);
        return start;
    }

    private static string? Runtime() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : null;

    // A published app has one list of dependencies, its own: it tells where the native library lies.
    private string[] Arguments(string assembly) =>
        !File.Exists(Path.Combine(folder, $"{Name}.deps.json")) && DependenciesOfTheApp() is { } list ? ["exec", "--depsfile", list, assembly] : [assembly];

    private string? DependenciesOfTheApp() =>
        (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(path => Path.GetDirectoryName(path) == folder.TrimEnd(Path.DirectorySeparatorChar));

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    private static void Restrict(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.ToList())
        {
            if (!Inherited.Contains(name, StringComparer.OrdinalIgnoreCase) && !name.StartsWith("DOTNET_ROOT", StringComparison.OrdinalIgnoreCase))
            {
                environment.Remove(name);
            }
        }

        environment["ORT_DISABLE_TELEMETRY"] = "1";
        environment["DOTNET_DbgEnableMiniDump"] = "0";

        // A socket in the temporary folder that lets a debugger in, and the threads that serve it.
        environment["DOTNET_EnableDiagnostics"] = "0";
        environment["DOTNET_TieredPGO"] = "0";
        environment["DOTNET_gcServer"] = "0";
    }
}
