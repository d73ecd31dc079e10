using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Scoring.Repository;

/// <summary>Whether a file or folder is this process's user's own, and closed to everybody else.</summary>
internal static partial class OwnFolder
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Why it is not; null when it is. On Windows the temporary folder is the user's own already.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static string? Fault(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        if (new FileInfo(path).LinkTarget is not null)
        {
            return "it is a link";
        }

        if (!IsOwned(path))
        {
            return "it belongs to another user";
        }

        return (File.GetUnixFileMode(path) & Others) == 0 ? null : "it is open to other users";
    }

    [UnsupportedOSPlatform("windows")]
    private static bool IsOwned(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            return FileStatus.Of(path, followsLink: false) is { } status && status.Owner == EffectiveUser();
        }

        try
        {
            // Elsewhere the layout of what stat fills in differs; only the owner may set the mode, even to what it is.
            File.SetUnixFileMode(path, File.GetUnixFileMode(path));
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
