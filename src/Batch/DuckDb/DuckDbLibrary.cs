using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Scoring.Repository;

namespace Scoring.Batch.DuckDb;

/// <summary>
/// DuckDB's native library (70 MB), loaded when the first job needs it: from <see cref="BatchOptions.DuckDbLibrary"/>, or carried beside the app, or fetched once
/// from <see cref="BatchOptions.DuckDbSource"/> into the cache. Its content is checked unless it is the app's own file, and what was checked is what is loaded: where others may write, a copy. Thread safe.
/// </summary>
internal sealed class DuckDbLibrary(IOptions<BatchOptions> options, CacheFolder cache) : IDisposable
{
    /// <summary>What the app carries.</summary>
    public static readonly string FileName = OperatingSystem.IsWindows() ? "duckdb.dll" : OperatingSystem.IsMacOS() ? "libduckdb.dylib" : "libduckdb.so";

    /// <summary>SHA-256 of libduckdb.so for linux-x64 in NuGet <c>DuckDB.NET.Bindings.Full</c> 1.5.6.1.</summary>
    public const string Sha256 = "3f4962cdd266eab2b479a5b5a4a6d063d279b2954ae814ed00385d553b747633";

    private readonly SemaphoreSlim gate = new(1);
    private bool isLoaded;

    /// <summary>Loads the library, unless it is loaded: a <see cref="DuckDbConnection"/> can be opened then.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: there is none, or it is another one than expected.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!isLoaded)
            {
                DuckDbBinding.Load(await FindAsync(cancellationToken).ConfigureAwait(false));
                isLoaded = true;
            }
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    /// <summary>The file to load, which nobody but this user and root can change.</summary>
    internal async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        if (options.Value.DuckDbLibrary is not { } named)
        {
            var beside = Path.Combine(AppContext.BaseDirectory, FileName);
            return File.Exists(beside) ? beside : await FindInCacheAsync(cancellationToken).ConfigureAwait(false);
        }

        return await CheckAsync(named, cancellationToken).ConfigureAwait(false) switch
        {
            null => throw Missing($"Scoring__Batch__DuckDbLibrary names '{Path.GetFileName(named)}', which is no file"),
            { Path: { } path } => path,
            { Sha256: var found } => throw Missing($"the SHA-256 of '{Path.GetFileName(named)}' is {found}, expected {Sha256}"),
        };
    }

    internal async Task<string> FindInCacheAsync(CancellationToken cancellationToken)
    {
        foreach (var path in cache.Roots.Select(PathIn))
        {
            if (await CheckAsync(path, cancellationToken).ConfigureAwait(false) is { Path: { } good })
            {
                return good;
            }

            // Cut short or altered.
            OwnFolder.Delete(path);
        }

        var source = options.Value.DuckDbSource ?? throw Missing("the app does not carry it and no source is configured");
        IOException? fault = null;
        foreach (var root in cache.WritableRoots())
        {
            try
            {
                return await FetchAsync(source, root, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                fault ??= e as IOException ?? new IOException(e.Message, e);
            }
        }

        throw fault!;
    }

    private static async Task<string> FetchAsync(Uri source, string root, CancellationToken cancellationToken)
    {
        var temporary = CacheFolder.CreateTemporary(root);
        try
        {
            var part = Path.Combine(temporary, FileName);
            using (var client = new HttpClient())
            await using (var content = await client.GetStreamAsync(source, cancellationToken).ConfigureAwait(false))
            await using (var file = File.Create(part))
            {
                await content.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
            }

            var path = PathIn(root);
            OwnFolder.Create(Path.GetDirectoryName(path)!);
            File.Move(part, path, overwrite: true);
            var found = await CheckAsync(path, cancellationToken).ConfigureAwait(false);
            if (found is { Path: { } good })
            {
                return good;
            }

            OwnFolder.Delete(path);
            throw Missing($"the SHA-256 of what Scoring__Batch__DuckDbSource answers with is {found?.Sha256}, expected {Sha256}");
        }
        finally
        {
            OwnFolder.Delete(temporary);
        }
    }

    private static string PathIn(string root) => Path.Combine(root, "duckdb", Sha256, FileName);

    // Null where there is no file; without a path where it is another one.
    private static async Task<(string? Path, string Sha256)?> CheckAsync(string path, CancellationToken cancellationToken)
    {
        var real = RealPath.Of(path);
        if (!File.Exists(real) || BoundedFile.Excess(real, long.MaxValue) is not null)
        {
            return null;
        }

        await using var file = File.OpenRead(real);
        if (OwnFolder.Exposure(real) is null)
        {
            var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
            return (found == Sha256 ? real : null, found);
        }

        // Another file could take its place before it is loaded.
        var own = ProcessFolder.Shared.NewPath(Path.GetExtension(FileName));
        var (_, copied) = await HashedCopy.RunAsync(file, own, file.Length, cancellationToken).ConfigureAwait(false);
        if (copied == Sha256)
        {
            return (own, copied);
        }

        OwnFolder.Delete(own);
        return (null, copied);
    }

    private static ScoringException Missing(string what) => new(
        ErrorCode.InvalidValue,
        $"Parquet and SQL need DuckDB's library, and {what}: publish without -p:CarryDuckDb=false, or set Scoring__Batch__DuckDbLibrary to its file or Scoring__Batch__DuckDbSource to where it is fetched from.");
}
