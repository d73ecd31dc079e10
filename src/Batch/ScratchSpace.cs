using Microsoft.Extensions.Options;

namespace Scoring.Batch;

/// <summary>
/// Folders on the local disk for temporary files, one for each process. A process that is killed leaves its folder unlocked; the next process that asks for one deletes it. Thread safe.
/// </summary>
internal sealed class ScratchSpace(IOptions<BatchOptions> options) : IDisposable
{
    private const string Prefix = "scoring-batch-";
    private const string LockName = "lock";

    private readonly Lock gate = new();
    private DirectoryInfo? folder;
    private FileStream? held;

    /// <summary>A new, empty folder; disposing deletes it with what is in it.</summary>
    public ScratchFolder Open()
    {
        lock (gate)
        {
            folder ??= Create();
        }

        return new ScratchFolder(folder.CreateSubdirectory(Guid.NewGuid().ToString("N")));
    }

    public void Dispose()
    {
        held?.Dispose();
        if (folder is not null)
        {
            TryDelete(folder);
        }
    }

    private DirectoryInfo Create()
    {
        var parent = Directory.CreateDirectory(options.Value.TempDirectory ?? Path.GetTempPath());
        foreach (var left in parent.EnumerateDirectories(Prefix + "*").Where(IsLeft))
        {
            TryDelete(left);
        }

        var own = parent.CreateSubdirectory(Prefix + Guid.NewGuid().ToString("N"));
        held = TryLock(own, FileMode.CreateNew);
        return own;
    }

    // A folder without its lock file is one that is being made or cleared away just now.
    private static bool IsLeft(DirectoryInfo other)
    {
        using var stream = TryLock(other, FileMode.Open);
        return stream is not null;
    }

    private static FileStream? TryLock(DirectoryInfo folder, FileMode mode)
    {
        try
        {
            return new FileStream(Path.Combine(folder.FullName, LockName), mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void TryDelete(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another process clears it away at the same time, or it is somebody else's.
        }
    }
}
