using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Scoring.Repository;

/// <summary>
/// Opens the files of a folder that others may write to. What was looked at by its name may be something else when it is opened. So on Linux a file is held first,
/// which waits for no writer of a FIFO and starts no device; what is held is looked at, and only then read. Elsewhere the name is looked at alone.
/// </summary>
internal static class FolderFile
{
    // Of Linux, on every processor that .NET runs on.
    private const int NoEntry = 2;
    private const int NoAccess = 13;
    private const int NoFolder = 20;
    private const int TooManyLinks = 40;

    /// <summary>Opens a file to be read.</summary>
    /// <param name="root">The folder that it may not leave, without links.</param>
    /// <param name="path">The file; a link on its way is followed within the folder.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">How it is read.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="PackageFaultException">A link on its way leaves the folder or goes round in a circle, or it is no file.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened, or is a folder.</exception>
    public static FileStream? TryOpen(string root, string path, string name, FileOptions options = FileOptions.None)
    {
        using var held = Hold(path, name);
        return Look(held, root, path, name) is { } way ? Open(way, options) : null;
    }

    /// <summary>Refuses what is not to be written to either; nothing is opened, so that a lock on it is left alone.</summary>
    /// <inheritdoc cref="TryOpen"/>
    public static void Require(string root, string path, string name)
    {
        using var held = Hold(path, name);
        Look(held, root, path, name);
    }

    /// <summary>All of a file.</summary>
    /// <param name="root">The folder that it may not leave, without links.</param>
    /// <param name="path">The file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="maxBytes">Its limit.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="PackageFaultException">It is larger; otherwise as <see cref="TryOpen"/> says.</exception>
    public static byte[]? TryRead(string root, string path, string name, long maxBytes)
    {
        using var file = TryOpen(root, path, name);
        return file is null ? null : Read(file, name, maxBytes);
    }

    /// <summary>All of a file that is open, which may grow meanwhile.</summary>
    /// <exception cref="PackageFaultException">It is larger than its limit.</exception>
    public static byte[] Read(FileStream file, string name, long maxBytes) =>
        file.Length <= maxBytes && Take(file, maxBytes + 1) is { } content && content.Length <= maxBytes
            ? content
            : throw new PackageFaultException($"'{name}' has {file.Length} bytes; expected at most {maxBytes}.");

    /// <summary>The end of a file, at most so many bytes; null where there is none.</summary>
    /// <inheritdoc cref="TryRead"/>
    public static byte[]? TryReadEnd(string root, string path, string name, long maxBytes)
    {
        using var file = TryOpen(root, path, name);
        file?.Seek(Math.Max(0, file.Length - maxBytes), SeekOrigin.Begin);
        return file is null ? null : Take(file, maxBytes);
    }

    /// <summary>The root of a folder that holds what the app itself writes. The folder may be no link; what it lies in may be one.</summary>
    public static string RootOf(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Path.GetDirectoryName(full) is { } parent ? Path.Combine(RealPath.Of(parent), Path.GetFileName(full)) : full;
    }

    /// <summary>Makes the folder that a file is to be written into.</summary>
    /// <exception cref="UnauthorizedAccessException">A link on its way leaves the root.</exception>
    public static void MakeFolderOf(string root, string file)
    {
        if (!IsOwn(root, Path.GetDirectoryName(file)!))
        {
            throw new UnauthorizedAccessException($"'{Path.GetFileName(root)}' or a folder in it is a link that leaves its place, so nothing is written there.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    }

    /// <summary>Whether a folder is the root or lies in it, whatever links are on its way.</summary>
    public static bool IsOwn(string root, string folder) => RealPath.Of(folder) is var real && (real == root || RealPath.IsInside(real, root));

    private static FileStream Open(string path, FileOptions options) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, options);

    private static byte[] Take(FileStream file, long maxBytes)
    {
        var content = new byte[Math.Min(maxBytes, file.Length - file.Position + 1)];
        var count = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return content[..count];
    }

    private static void RequireInside(string real, string root, string name)
    {
        if (!RealPath.IsInside(real, root))
        {
            throw new PackageFaultException($"'{name}' is a link that leaves its folder: put the file itself in its place.");
        }
    }

    // The path by which the file that was looked at is opened; null where there is none.
    private static string? Look(SafeFileHandle? held, string root, string path, string name)
    {
        if (!OperatingSystem.IsLinux())
        {
            RequireInside(PackageFolder.Follow(path, name), root, name);
            return File.Exists(path) ? path : null;
        }

        if (held is null)
        {
            return null;
        }

        var way = $"/proc/self/fd/{held.DangerousGetHandle()}";
        RequireInside(new FileInfo(way).LinkTarget ?? throw new IOException($"'{name}' cannot be looked at: /proc is not there."), root, name);
        return FileStatus.Of(held) is { Special: { } special } ? throw new PackageFaultException($"'{name}' is {special}; expected a file.") : way;
    }

    private static SafeFileHandle? Hold(string path, string name)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        return OpenedFile.Hold(path) ?? Marshal.GetLastPInvokeError() switch
        {
            NoEntry or NoFolder => null,
            NoAccess => throw new UnauthorizedAccessException($"Access to '{name}' is refused."),
            TooManyLinks => throw new PackageFaultException($"'{name}' is a link that leads back to itself."),
            var error => throw new IOException($"'{name}' cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}."),
        };
    }
}
