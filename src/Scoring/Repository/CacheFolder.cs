using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Scoring.Repository;

/// <summary>
/// The folder that caches packages between processes. Where it cannot be written, what is new goes to a private folder of this process
/// in the temporary folder, which is deleted at the end; what the unwritable folder holds is still read. In the temporary folder, where anybody may
/// have made a folder of this name, it is used only where it is this user's own and closed to others.
/// </summary>
public sealed partial class CacheFolder : IDisposable
{
    private const string TemporaryName = "temp";

    private static readonly TimeSpan TemporaryLife = TimeSpan.FromHours(1);

    private readonly ILogger<CacheFolder> log;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, CacheSeal> seals = new(StringComparer.Ordinal);
    private readonly Lazy<bool> isTaken;
    private readonly bool isTemporary;
    private readonly bool mustBeOwn;
    private string? privateRoot;
    private int isForeignLogged;

    /// <summary>Takes the folder without touching it.</summary>
    /// <param name="directory">The folder, or null for <c>scoring-USER</c> in the temporary folder.</param>
    /// <param name="time">Dates what is left over from dead processes.</param>
    /// <param name="log">Told of an unwritable folder.</param>
    /// <param name="isTemporary">True to delete it at the end.</param>
    public CacheFolder(string? directory, TimeProvider time, ILogger<CacheFolder> log, bool isTemporary = false)
        : this(string.IsNullOrWhiteSpace(directory) ? InTemporary(Path.GetTempPath()) : directory, string.IsNullOrWhiteSpace(directory), time, log)
    {
        this.isTemporary = isTemporary;
    }

    /// <summary>Takes the folder without touching it.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="mustBeOwn">True where anybody may have made it.</param>
    /// <param name="time">Dates what is left over from dead processes.</param>
    /// <param name="log">Told of a folder that is not used.</param>
    internal CacheFolder(string root, bool mustBeOwn, TimeProvider time, ILogger<CacheFolder> log)
    {
        this.mustBeOwn = mustBeOwn;
        isTaken = new(TakeRoot);
        Root = Path.GetFullPath(root);
        this.time = time;
        this.log = log;
    }

    /// <summary>The shared folder.</summary>
    public string Root { get; }

    /// <summary>Why the shared folder cannot be used or written; null while it can.</summary>
    public string? Fault { get; private set; }

    /// <summary>False where the shared folder is somebody else's, and is left alone.</summary>
    internal bool IsShared => isTaken.Value;

    /// <summary>The folders to read from, the shared one first.</summary>
    internal IEnumerable<string> Roots => (IsShared, privateRoot) switch
    {
        (true, null) => [Root],
        (true, { } fallback) => [Root, fallback],
        (false, null) => [],
        (false, { } fallback) => [fallback],
    };

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

    /// <summary>Writes a small file that only this user's processes believe. Losing it costs time, never an answer.</summary>
    internal void TryWriteRecord(string relative, ReadOnlySpan<byte> content)
    {
        foreach (var root in WritableRoots())
        {
            try
            {
                var path = Path.Combine(root, relative);
                CreatePrivate(Path.GetDirectoryName(path)!);
                AtomicFile.Write(path, SealOf(root).Close(relative, content), isDurable: false);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Report(root, e);
            }
        }
    }

    /// <summary>Reads what <see cref="TryWriteRecord"/> wrote; null when there is none, or when another user's process or another place wrote it.</summary>
    internal byte[]? TryReadRecord(string relative)
    {
        // The private folder holds what could not be written to the shared one, so it is the newer.
        foreach (var root in Roots.Reverse())
        {
            try
            {
                var path = Path.Combine(root, relative);
                if (File.Exists(path))
                {
                    var content = SealOf(root).Open(relative, File.ReadAllBytes(path));
                    if (content is null && Interlocked.Exchange(ref isForeignLogged, 1) == 0)
                    {
                        LogForeignRecord(path);
                    }

                    return content;
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
        if (IsShared)
        {
            yield return Root;
        }

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
        if (!IsShared || !Directory.Exists(folder))
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

    /// <summary>The user's folder in a temporary folder.</summary>
    internal static string InTemporary(string folder) => Path.Combine(folder, $"scoring-{Environment.UserName}");

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

    private CacheSeal SealOf(string root) => seals.GetOrAdd(root, CacheSeal.Of);

    private bool TakeRoot()
    {
        if (!mustBeOwn)
        {
            return true;
        }

        try
        {
            CreatePrivate(Root);
            Fault = OwnFolder.Fault(Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fault = e.Message;
        }

        if (Fault is { } fault)
        {
            LogNotTaken(Root, fault);
        }

        return Fault is null;
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

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "The cache folder {Folder} is not used: {Reason}. Packages go to a private temporary folder until this process ends; delete the folder, or name another by CacheDirectory.")]
    private partial void LogNotTaken(string folder, string reason);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "The record {File} of the cache was written or changed by somebody else, or with another key. It is not believed: the repository is asked.")]
    private partial void LogForeignRecord(string file);
}
