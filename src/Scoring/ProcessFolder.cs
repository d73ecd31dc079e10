using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Scoring;

/// <summary>
/// A folder of this process alone, closed to other users, for what is not to outlive it; made when something is first put there. The process holds a lock in it. One that is killed leaves its
/// folder unlocked, and the next process of the same user that makes one beside it deletes that. Thread safe.
/// </summary>
/// <param name="parent">Where it lies; null for the temporary folder.</param>
internal sealed partial class ProcessFolder(string? parent = null) : IDisposable
{
    private const string Prefix = "scoring-run-";
    private const string LockName = "lock";

    // Of Linux's flock, which is how .NET locks a file that it does not share: for itself alone, without waiting.
    private const int AloneNow = 2 | 4;

    // A name of 64 random bits: nobody can have made a folder of that name before.
    private const int NameLength = 16;

    // Another process may take the folder for one that was left, before it is locked.
    private const int Tries = 5;

    private readonly Lock gate = new();
    private readonly string parent = Path.GetFullPath(parent ?? Path.GetTempPath());
    private string? folder;
    private FileStream? held;
    private long names;

    static ProcessFolder() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => Shared.Dispose();

    /// <summary>The one in the temporary folder; deleted when the process ends.</summary>
    public static ProcessFolder Shared { get; } = new();

    /// <summary>A path in it that nothing has.</summary>
    /// <param name="suffix">What it is to end with.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be made.</exception>
    public string NewPath(string suffix = "")
    {
        lock (gate)
        {
            // Where a system clears its temporary folder away now and then, somebody else may take the name.
            if (folder is null || !OwnFolder.IsOwned(folder))
            {
                held?.Dispose();
                Sweep(parent);
                (folder, held) = Make();
            }

            return Path.Combine(folder, $"{(++names).ToString(CultureInfo.InvariantCulture)}{suffix}");
        }
    }

    /// <summary>A new, empty folder in it.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public string NewFolder()
    {
        var path = NewPath();
        OwnFolder.Create(path);
        return path;
    }

    /// <summary>Deletes what processes that are gone left in a folder.</summary>
    public static void Sweep(string parent)
    {
        try
        {
            foreach (var left in Directory.EnumerateDirectories(parent, $"{Prefix}*").Where(IsLeft))
            {
                OwnFolder.Delete(left);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing was left there, or nothing that can be seen.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            held?.Dispose();
            if (folder is not null)
            {
                OwnFolder.Delete(folder);
            }

            folder = null;
        }
    }

    private (string Folder, FileStream Lock) Make()
    {
        for (var attempt = 1; ; attempt++)
        {
            var path = Path.Combine(parent, $"{Prefix}{Guid.NewGuid().ToString("N")[..NameLength]}");
            OwnFolder.Create(path);
            try
            {
                return (path, Lock(path, FileMode.CreateNew));
            }
            catch (IOException) when (attempt < Tries)
            {
                OwnFolder.Delete(path);
            }
        }
    }

    // A folder without its lock is one that is being made or cleared away just now.
    private static bool IsLeft(string other)
    {
        try
        {
            if (OwnFolder.Fault(other) is not null)
            {
                return false;
            }

            if (OperatingSystem.IsLinux())
            {
                // A start beside other processes looks at each of their folders: an exception for each would take its time.
                using var file = OpenedFile.File(Path.Combine(other, LockName));
                return file is not null && FileLock(file, AloneNow) == 0;
            }

            using var free = Lock(other, FileMode.Open);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static FileStream Lock(string folder, FileMode mode) => new(Path.Combine(folder, LockName), mode, FileAccess.ReadWrite, FileShare.None);

    [LibraryImport("libc", EntryPoint = "flock")]
    private static partial int FileLock(SafeFileHandle file, int operation);
}
