using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Scoring;

/// <summary>
/// Folders of this process's user that are closed to everybody else: how one is made, told from others' and deleted. Every folder of the engine in the temporary
/// folder or the disk cache is made and deleted here. On Windows the temporary folder is the user's own already.
/// </summary>
internal static partial class OwnFolder
{
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Others = OthersWrite | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    // Deeper than a package or DuckDB makes any.
    private const int MaxDepth = 64;

    /// <summary>Makes a folder, and each one above it that is missing, closed to others. One that is there stays as it is.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } parent && !Directory.Exists(parent))
        {
            Create(parent);
        }

        Directory.CreateDirectory(path, Owners);
    }

    /// <summary>Why a file or folder is not this user's own, or not closed to others; null when it is both.</summary>
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

    /// <summary>Who else may change what a path leads to; null where only this user and root can, in this folder and in each one above it.</summary>
    /// <param name="path">Full and without links; what does not exist of it is not looked at.</param>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static string? Exposure(string path)
    {
        for (var (part, isLast) = (path, true); part is not null && !OperatingSystem.IsWindows(); (part, isLast) = (Path.GetDirectoryName(part), false))
        {
            if (!Path.Exists(part))
            {
                continue;
            }

            if (FileStatus.Of(part, followsLink: false) is { Owner: not 0 } status && status.Owner != EffectiveUser())
            {
                return $"{part} belongs to another user";
            }

            // In a folder such as /tmp, which is sticky, nobody can move what is another user's.
            var mode = File.GetUnixFileMode(part);
            if ((mode & OthersWrite) != 0 && (isLast || (mode & UnixFileMode.StickyBit) == 0))
            {
                return $"other users may write to {part}";
            }
        }

        return null;
    }

    /// <summary>All of a file that is this user's own and closed to others; null where there is none, or a larger one.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[]? TryRead(string path, int maxBytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path) && Fault(path) is null ? BoundedFile.TryRead(path, maxBytes) : null;
        }

        // Looked at once it is open: until then another file could take its place.
        using var file = OpenedFile.File(path);
        return file is not null && FileStatus.Of(file) is { } status && status.Owner == EffectiveUser() && (File.GetUnixFileMode(file) & Others) == 0
            ? BoundedFile.TryRead(file, maxBytes)
            : null;
    }

    /// <summary>Whether a folder is this user's, open to others or not, and no link.</summary>
    public static bool IsOwned(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return Directory.Exists(path);
        }

        return OperatingSystem.IsLinux() ? FileStatus.Of(path, followsLink: false) is { } status && status.Owner == EffectiveUser() : MaySetMode(path);
    }

    /// <summary>Deletes a file, or a folder with all that is in it, if that is possible; what stays is swept later. No link is followed, not even one that takes a folder's place meanwhile.</summary>
    public static void Delete(string path)
    {
        try
        {
            if (!Directory.Exists(path))
            {
                File.Delete(path);
                return;
            }

            if (!OperatingSystem.IsLinux())
            {
                Directory.Delete(path, recursive: true);
                return;
            }

            using var folder = OpenedFile.Folder(path);
            if (folder is null)
            {
                File.Delete(path);
                return;
            }

            Clear(folder, depth: 0);
            Directory.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process holds or has deleted it, or the disk is read-only: nothing depends on it.
        }
    }

    // By the open folder, which stays the one that it is whatever its path names by now.
    private static void Clear(SafeFileHandle folder, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new IOException($"A folder lies deeper than {MaxDepth} others.");
        }

        foreach (var entry in Directory.GetFileSystemEntries($"/proc/self/fd/{folder.DangerousGetHandle()}"))
        {
            using var inner = OpenedFile.Folder(entry);
            if (inner is null)
            {
                File.Delete(entry);
                continue;
            }

            Clear(inner, depth + 1);
            Directory.Delete(entry);
        }
    }

    // Where the layout of what stat fills in differs from Linux's: only the owner may set the mode, even to what it is.
    [UnsupportedOSPlatform("windows")]
    private static bool MaySetMode(string path)
    {
        try
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
