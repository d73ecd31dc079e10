using System.Diagnostics;

namespace TestCommon;

/// <summary>A file system of a given size, unmounted at the end.</summary>
internal sealed class SmallDisk : IDisposable
{
    private static readonly Lazy<bool> Possible = new(TryMount);

    public SmallDisk(string folder, long bytes, bool isReadOnly = false)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
        var options = isReadOnly ? $"ro,size={bytes}" : $"size={bytes}";
        if (Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder) != 0)
        {
            throw new InvalidOperationException($"No tmpfs can be mounted on {folder}.");
        }
    }

    public static bool IsPossible => Possible.Value;

    public string Folder { get; }

    /// <summary>Keeps what is there and refuses writes from now on.</summary>
    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Folder);

    public void Dispose() => Run("umount", "-l", Folder);

    private static bool TryMount()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return false;
        }

        using var folder = new TemporaryFolder();
        try
        {
            using var disk = new SmallDisk(folder.PathTo("disk"), 1 << 20);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static int Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
