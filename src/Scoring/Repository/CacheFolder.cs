using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Scoring.Repository;

/// <summary>
/// The folder that caches packages between processes. Where it cannot be written, what is new goes to a private folder of this process
/// in the temporary folder, which is deleted at the end; what the unwritable folder holds is still read. In the temporary folder, where anybody may
/// have made a folder of this name, it is used only where it is this user's own and closed to others. One that the settings name is used with a warning where
/// others may write to it, and not at all where packages must be signed.
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
    private readonly bool mustBeClosed;
    private readonly ProcessFolder temporary = new();
    private string? privateRoot;
    private int isForeignLogged;

    /// <summary>Takes the folder without touching it.</summary>
    /// <param name="directory">The folder, or null for <c>scoring-USER</c> in the temporary folder.</param>
    /// <param name="time">Dates what is left over from dead processes.</param>
    /// <param name="log">Told of an unwritable folder.</param>
    /// <param name="isTemporary">True to delete it at the end.</param>
    /// <param name="mustBeClosed">True where a named folder that others may write to is not to be used: its content is checked before it is read again, and may be another by then.</param>
    public CacheFolder(string? directory, TimeProvider time, ILogger<CacheFolder> log, bool isTemporary = false, bool mustBeClosed = false)
        : this(string.IsNullOrWhiteSpace(directory) ? InTemporary(Path.GetTempPath()) : WithoutLinks(directory), string.IsNullOrWhiteSpace(directory), time, log)
    {
        this.isTemporary = isTemporary;
        this.mustBeClosed = mustBeClosed;
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
                OwnFolder.Create(Path.GetDirectoryName(path)!);
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
                OwnFolder.Create(Path.GetDirectoryName(path)!);
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
                if (BoundedFile.TryRead(path, BoundedFile.MaxRecord) is { } record)
                {
                    var content = SealOf(root).Open(relative, record);
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
            OwnFolder.Delete(Path.Combine(root, relative));
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
        OwnFolder.Create(path);
        return path;
    }

    /// <summary>Deletes what processes that died left behind: here an hour ago or longer, in the temporary folder at once.</summary>
    internal void SweepTemporary()
    {
        ProcessFolder.Sweep(Path.GetTempPath());
        var folder = Path.Combine(Root, TemporaryName);
        if (!IsShared || !Directory.Exists(folder))
        {
            return;
        }

        foreach (var entry in Directory.EnumerateDirectories(folder))
        {
            if (time.GetUtcNow() - Directory.GetLastWriteTimeUtc(entry) > TemporaryLife)
            {
                OwnFolder.Delete(entry);
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
        temporary.Dispose();
        if (isTemporary)
        {
            OwnFolder.Delete(Root);
        }
    }

    /// <summary>The user's folder in a temporary folder.</summary>
    internal static string InTemporary(string folder) => Path.Combine(folder, $"scoring-{Environment.UserName}");

    private CacheSeal SealOf(string root) => seals.GetOrAdd(root, CacheSeal.Of);

    private static string WithoutLinks(string directory)
    {
        try
        {
            return RealPath.Of(directory);
        }
        catch (IOException)
        {
            // The links go round in a circle: nothing can be written there, which is said then.
            return directory;
        }
    }

    private bool TakeRoot()
    {
        string? exposure = null;
        try
        {
            OwnFolder.Create(Root);
            Fault = mustBeOwn ? OwnFolder.Fault(Root) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // One that is named may be read all the same.
            Fault = mustBeOwn ? e.Message : null;
        }

        try
        {
            exposure = OwnFolder.Exposure(mustBeOwn ? Path.GetDirectoryName(Root)! : Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            exposure = e.Message;
        }

        // The private folder would lie beside the usual one, no safer than that.
        Fault ??= mustBeClosed && !mustBeOwn ? exposure : null;
        if (Fault is { } fault)
        {
            LogNotTaken(Root, fault);
        }
        else if (exposure is not null)
        {
            LogExposed(Root, exposure);
        }

        return Fault is null;
    }

    private string PrivateRoot()
    {
        lock (gate)
        {
            try
            {
                return privateRoot ??= temporary.NewFolder();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Whoever writes there is told the same.
                return Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
            }
        }
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "The cache folder {Folder} cannot be written: {Reason}. Packages go to a private temporary folder until this process ends.")]
    private partial void LogUnwritable(string folder, string reason);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "The cache folder {Folder} is not used: {Reason}. Packages go to a private temporary folder until this process ends; close the folder to others or delete it, or name another by CacheDirectory.")]
    private partial void LogNotTaken(string folder, string reason);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "The record {File} of the cache was written or changed by somebody else, or with another key. It is not believed: the repository is asked.")]
    private partial void LogForeignRecord(string file);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning, Message = "The cache folder {Folder} is used, and {Reason}. Who may write there decides what this app runs: close the folder to others, or name another by CacheDirectory.")]
    private partial void LogExposed(string folder, string reason);
}
