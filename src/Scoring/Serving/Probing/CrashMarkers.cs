using System.Collections.Concurrent;
using System.Diagnostics;
using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>
/// Marks a load while it runs, on this machine's disk and, for content that no server has loaded before, in the container <c>verdicts</c>. A mark that outlives
/// its process tells the next one what killed it. A process that ends in good order takes its marks along. Thread safe.
/// </summary>
internal sealed class CrashMarkers(VerdictContainer container, CacheFolder disk, TimeProvider time) : IDisposable
{
    private const string Folder = "loading";

    // A process on another machine cannot be looked at. After this time it is not loading any more.
    private static readonly TimeSpan MaxLoad = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<LoadMark, bool> placed = new();
    private readonly DateTimeOffset processStart = StartOf(Process.GetCurrentProcess());

    /// <summary>The marks that dead processes left on a content.</summary>
    /// <param name="contentHash">Of the package.</param>
    /// <param name="pointerTag">Marks left under another live pointer do not count: someone asked for another try. Null counts all.</param>
    /// <param name="askContainer">False for content that is known to load.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<LoadMarker>> FindDeadAsync(string contentHash, string? pointerTag, bool askContainer, CancellationToken cancellationToken)
    {
        var found = new List<LoadMarker>();
        foreach (var path in FilesOf(contentHash))
        {
            Keep(found, TryRead(path));
        }

        if (askContainer)
        {
            foreach (var path in await container.ListAsync($"{Folder}/{contentHash}/", cancellationToken).ConfigureAwait(false))
            {
                Keep(found, await container.ReadAsync(path, cancellationToken).ConfigureAwait(false));
            }
        }

        return found.Count == 0 ? [] : [.. found.DistinctBy(m => (m.Machine, m.ProcessId, m.At)).Where(m => (pointerTag is null || m.PointerTag == pointerTag) && IsDead(m))];
    }

    /// <summary>Marks a load. Dispose the mark when the load is over, whatever came of it.</summary>
    public async Task<LoadMark> PlaceAsync(ModelPackage package, string? pointerTag, bool inContainer, CancellationToken cancellationToken)
    {
        var marker = new LoadMarker(
            package.Name, package.Version, package.ContentHash, Environment.MachineName, Environment.ProcessId, processStart, time.GetUtcNow(), pointerTag);
        var json = marker.ToJson();
        var name = $"{Environment.ProcessId}-{Guid.NewGuid():N}.json";
        var mark = new LoadMark(this, Path.Combine(Folder, package.ContentHash, name), inContainer ? $"{Folder}/{package.ContentHash}/{Environment.MachineName}-{name}" : null);
        placed[mark] = true;
        disk.TryWrite(mark.DiskPath, json);
        if (mark.BlobPath is not null)
        {
            await container.WriteAsync(mark.BlobPath, json, cancellationToken).ConfigureAwait(false);
        }

        return mark;
    }

    /// <summary>Forgets what dead processes left on a content, after it has loaded or because someone asks for another try.</summary>
    public async Task ForgetAsync(string contentHash, CancellationToken cancellationToken)
    {
        foreach (var path in FilesOf(contentHash).Where(p => !placed.Keys.Any(m => p.EndsWith(m.DiskPath, StringComparison.Ordinal))))
        {
            OwnFolder.Delete(path);
        }

        foreach (var path in await container.ListAsync($"{Folder}/{contentHash}/", cancellationToken).ConfigureAwait(false))
        {
            if (!placed.Keys.Any(m => m.BlobPath == path))
            {
                await container.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Takes along the marks of loads that the process's end interrupts.</summary>
    public void Dispose()
    {
        foreach (var mark in placed.Keys)
        {
            // Bounded by the container's own patience.
            RemoveAsync(mark).GetAwaiter().GetResult();
        }
    }

    internal async Task RemoveAsync(LoadMark mark)
    {
        if (placed.TryRemove(mark, out _))
        {
            disk.Delete(mark.DiskPath);
            if (mark.BlobPath is not null)
            {
                await container.DeleteAsync(mark.BlobPath, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private static void Keep(List<LoadMarker> found, byte[]? json)
    {
        // One that was cut short has another copy in the container, or nowhere.
        if (LoadMarker.Read(json) is { } marker)
        {
            found.Add(marker);
        }
    }

    private static byte[]? TryRead(string path)
    {
        try
        {
            return BoundedFile.TryRead(path, BoundedFile.MaxRecord);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private IEnumerable<string> FilesOf(string contentHash) =>
        disk.Roots.Select(root => Path.Combine(root, Folder, contentHash)).Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.json"));

    private bool IsDead(LoadMarker marker)
    {
        if (marker.Machine != Environment.MachineName)
        {
            return time.GetUtcNow() - marker.At > MaxLoad;
        }

        try
        {
            using var process = Process.GetProcessById(marker.ProcessId);
            // The process id may belong to another process by now, so start times are compared. They are computed from a clock that drifts, so they may differ a little.
            return (StartOf(process) - marker.ProcessStart).Duration() > TimeSpan.FromSeconds(5);
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private static DateTimeOffset StartOf(Process process)
    {
        try
        {
            return process.StartTime;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return DateTimeOffset.MinValue;
        }
    }

    /// <summary>A placed <see cref="LoadMarker"/>; disposing it removes it.</summary>
    internal sealed class LoadMark(CrashMarkers markers, string diskPath, string? blobPath) : IAsyncDisposable
    {
        public string DiskPath => diskPath;

        public string? BlobPath => blobPath;

        public async ValueTask DisposeAsync() => await markers.RemoveAsync(this).ConfigureAwait(false);
    }
}
