using Microsoft.Extensions.Logging;

namespace Scoring.Repository;

/// <summary>
/// The folder that caches packages between processes. Where it cannot be written, what is new goes to a private folder of this process
/// in the temporary folder, which is deleted at the end; what the unwritable folder holds is still read.
/// </summary>
public sealed partial class CacheFolder : IDisposable
{
    private const string TemporaryName = "temp";

    private static readonly TimeSpan TemporaryLife = TimeSpan.FromHours(1);

    private readonly ILogger<CacheFolder> log;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly bool isTemporary;
    private string? privateRoot;

    /// <summary>Takes the folder without touching it.</summary>
    /// <param name="directory">The folder, or null for <c>scoring-USER</c> in the temporary folder.</param>
    /// <param name="time">Dates what is left over from dead processes.</param>
    /// <param name="log">Told of an unwritable folder.</param>
    /// <param name="isTemporary">True to delete it at the end.</param>
    public CacheFolder(string? directory, TimeProvider time, ILogger<CacheFolder> log, bool isTemporary = false)
    {
        this.isTemporary = isTemporary;
        Root = Path.GetFullPath(string.IsNullOrWhiteSpace(directory) ? Path.Combine(Path.GetTempPath(), $"scoring-{Environment.UserName}") : directory);
        this.time = time;
        this.log = log;
    }

    /// <summary>The shared folder.</summary>
    public string Root { get; }

    /// <summary>Why the shared folder cannot be written; null while it can.</summary>
    public string? Fault { get; private set; }

    /// <summary>The folders to read from, the shared one first.</summary>
    internal IEnumerable<string> Roots => privateRoot is { } fallback ? [Root, fallback] : [Root];

    /// <summary>Writes a small file under <paramref name="relative"/> so that other processes see all of it or none. Losing it costs time, never an answer.</summary>
    /// <returns>False when neither folder can be written.</returns>
    internal bool TryWrite(string relative, ReadOnlySpan<byte> content)
    {
        foreach (var root in WritableRoots())
        {
            try
            {
                var path = Path.Combine(root, relative);
                CreatePrivate(Path.GetDirectoryName(path)!);
                AtomicFile.Write(path, content, isDurable: false);
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Report(root, e);
            }
        }

        return false;
    }

    /// <summary>Reads a small file; null when there is none.</summary>
    internal byte[]? TryRead(string relative)
    {
        // The private folder holds what could not be written to the shared one, so it is the newer.
        foreach (var root in Roots.Reverse())
        {
            try
            {
                var path = Path.Combine(root, relative);
                if (File.Exists(path))
                {
                    return File.ReadAllBytes(path);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Report(root, e);
            }
        }

        return null;
    }

    /// <summary>Deletes a small file if it is there.</summary>
    internal void Delete(string relative)
    {
        foreach (var root in Roots)
        {
            AtomicFile.Delete(Path.Combine(root, relative));
        }
    }

    /// <summary>The folders to try to write to, best first; makes the private one only when asked for it.</summary>
    internal IEnumerable<string> WritableRoots()
    {
        yield return Root;
        yield return PrivateRoot();
    }

    /// <summary>A new empty folder on the same file system as <paramref name="root"/>, swept by a later process if this one dies.</summary>
    internal static string CreateTemporary(string root)
    {
        var path = Path.Combine(root, TemporaryName, Guid.NewGuid().ToString("N"));
        CreatePrivate(path);
        return path;
    }

    /// <summary>Deletes what processes that died left behind an hour ago or longer.</summary>
    internal void SweepTemporary()
    {
        var folder = Path.Combine(Root, TemporaryName);
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var entry in Directory.EnumerateDirectories(folder))
        {
            if (time.GetUtcNow() - Directory.GetLastWriteTimeUtc(entry) > TemporaryLife)
            {
                AtomicFile.Delete(entry);
            }
        }
    }

    /// <summary>Remembers and logs once that a folder cannot be written.</summary>
    internal void Report(string root, Exception exception)
    {
        if (root == Root && Fault is null)
        {
            Fault = exception.Message;
            LogUnwritable(Root, exception.Message);
        }
    }

    /// <summary>Deletes the private folder of this process.</summary>
    public void Dispose()
    {
        if (privateRoot is { } fallback)
        {
            AtomicFile.Delete(fallback);
        }

        if (isTemporary)
        {
            AtomicFile.Delete(Root);
        }
    }

    internal static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private string PrivateRoot()
    {
        lock (gate)
        {
            return privateRoot ??= Path.Combine(Path.GetTempPath(), $"scoring-private-{Environment.ProcessId}-{Guid.NewGuid():N}");
        }
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "The cache folder {Folder} cannot be written: {Reason}. Packages go to a private temporary folder until this process ends.")]
    private partial void LogUnwritable(string folder, string reason);
}
