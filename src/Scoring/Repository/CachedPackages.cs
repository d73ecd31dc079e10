using Microsoft.Extensions.Logging;

namespace Scoring.Repository;

/// <summary>
/// The part of the disk cache that holds packages: <c>packages/HASH/…</c>, filled under a temporary name and renamed, so that several processes may
/// share a folder and fill it at once. Every hit is verified byte by byte; what was cut short or altered on the disk counts as absent. Thread safe.
/// </summary>
public sealed partial class CachedPackages(CacheFolder folder, long maxBytes, TimeProvider time, ILogger<CachedPackages> log)
{
    private const string Packages = "packages";

    private static readonly EnumerationOptions OfPackage = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, MaxRecursionDepth = PackageFolder.MaxDepth };

    // A package that any process touched this recently may be about to be loaded.
    private static readonly TimeSpan RecentUse = TimeSpan.FromMinutes(10);

    /// <summary>The folder and manifest of a content, verified; null when the cache lacks it.</summary>
    internal (string Directory, PackageManifest Manifest)? Find(string contentHash)
    {
        foreach (var root in folder.Roots)
        {
            var directory = Path.Combine(root, Packages, contentHash);
            if (!Directory.Exists(directory))
            {
                continue;
            }

            if (PackageVerification.TryVerify(directory, contentHash) is { } manifest)
            {
                Touch(directory);
                return (directory, manifest);
            }

            LogAltered(directory);
            Discard(root, directory);
        }

        return null;
    }

    /// <summary>Fills a new folder by <paramref name="fill"/> and gives it the name of its content. What another process put there meanwhile is kept if it is intact.</summary>
    /// <exception cref="IOException">No disk takes it; the first disk's reason.</exception>
    internal async Task<(string Directory, PackageManifest Manifest)> AddAsync(Func<string, Task<PackageManifest>> fill)
    {
        IOException? fault = null;
        foreach (var root in folder.WritableRoots())
        {
            // A full disk may have room once the packages that nobody uses are gone.
            for (var attempt = 1; attempt <= 2; attempt++)
            {
                try
                {
                    return await AddAsync(root, fill).ConfigureAwait(false);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    fault ??= e as IOException ?? new IOException(e.Message, e);
                    if (attempt == 2 || !IsDiskFull(e) || root != folder.Root || Trim(0, static _ => false) == 0)
                    {
                        folder.Report(root, e);
                        break;
                    }
                }
            }
        }

        throw fault!;
    }

    /// <summary>Deletes the packages used longest ago until the cache fits its limit.</summary>
    /// <param name="isInUse">Says whether this process serves a content hash.</param>
    public void Trim(Predicate<string> isInUse)
    {
        try
        {
            folder.SweepTemporary();
            Trim(maxBytes, isInUse);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder.Report(folder.Root, e);
        }
    }

    private static async Task<(string Directory, PackageManifest Manifest)> AddAsync(string root, Func<string, Task<PackageManifest>> fill)
    {
        var temporary = CacheFolder.CreateTemporary(root);
        try
        {
            var manifest = await fill(temporary).ConfigureAwait(false);
            var directory = Path.Combine(root, Packages, manifest.ContentHash());
            OwnFolder.Create(Path.GetDirectoryName(directory)!);
            if (!TryMove(temporary, directory) && PackageVerification.TryVerify(directory, manifest.ContentHash()) is null)
            {
                Discard(root, directory);
                Directory.Move(temporary, directory);
            }

            return (directory, manifest);
        }
        finally
        {
            OwnFolder.Delete(temporary);
        }
    }

    private int Trim(long limit, Predicate<string> isInUse)
    {
        var root = new DirectoryInfo(Path.Combine(folder.Root, Packages));
        if (!folder.IsShared || !root.Exists)
        {
            return 0;
        }

        var deleted = 0;
        var bytes = 0L;
        foreach (var package in root.EnumerateDirectories().OrderByDescending(d => d.LastWriteTimeUtc).ToList())
        {
            bytes += SizeOf(package);
            if (bytes > limit && !isInUse(package.Name) && time.GetUtcNow() - package.LastWriteTimeUtc > RecentUse)
            {
                Discard(folder.Root, package.FullName);
                deleted++;
            }
        }

        return deleted;
    }

    private static long SizeOf(DirectoryInfo package)
    {
        try
        {
            return package.EnumerateFiles("*", OfPackage).Sum(f => f.Length);
        }
        catch (IOException)
        {
            // Another process trims as well.
            return 0;
        }
    }

    // ENOSPC, and ERROR_DISK_FULL.
    private static bool IsDiskFull(Exception e) => e is IOException { HResult: 28 or unchecked((int)0x80070070) };

    private static bool TryMove(string from, string to)
    {
        try
        {
            Directory.Move(from, to);
            return true;
        }
        catch (IOException) when (Directory.Exists(to))
        {
            return false;
        }
    }

    // Renamed first: a reader sees the whole folder or none of it.
    private static void Discard(string root, string directory)
    {
        try
        {
            var aside = CacheFolder.CreateTemporary(root);
            Directory.Move(directory, Path.Combine(aside, "discarded"));
            OwnFolder.Delete(aside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone already, or not ours to change: the private folder takes the package then.
        }
    }

    private void Touch(string directory)
    {
        try
        {
            Directory.SetLastWriteTimeUtc(directory, time.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A read-only cache is not trimmed either.
        }
    }

    [LoggerMessage(EventId = 2011, Level = LogLevel.Warning, Message = "The cached package {Folder} is cut short or altered and is fetched again")]
    private partial void LogAltered(string folder);
}
