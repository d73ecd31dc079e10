using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Scoring.Batch.DuckDb;

/// <summary>
/// DuckDB's native library (70 MB), loaded when the first job needs it: from <see cref="BatchOptions.DuckDbLibrary"/>, or carried beside the app, or fetched once
/// from <see cref="BatchOptions.DuckDbSource"/> into the cache. Its content is checked unless it is the app's own file. Thread safe.
/// </summary>
internal sealed class DuckDbLibrary(IOptions<BatchOptions> options, IOptions<ScoringOptions> scoring) : IDisposable
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

    private async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, FileName);
        if (options.Value.DuckDbLibrary is null && File.Exists(beside))
        {
            return beside;
        }

        var path = options.Value.DuckDbLibrary ?? await FetchAsync(cancellationToken).ConfigureAwait(false);
        if (!File.Exists(path))
        {
            throw Missing($"there is no file '{path}'");
        }

        await using var file = File.OpenRead(path);
        var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
        return found == Sha256 ? Path.GetFullPath(path) : throw Missing($"the SHA-256 of '{path}' is {found}, expected {Sha256}");
    }

    private async Task<string> FetchAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(scoring.Value.CacheDirectory ?? Path.Combine(Path.GetTempPath(), "scoring-cache"), "duckdb", Sha256);
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            return path;
        }

        var source = options.Value.DuckDbSource ?? throw Missing("the app does not carry it and no source is configured");
        Directory.CreateDirectory(folder);
        var part = $"{path}.{Guid.NewGuid():N}";
        using (var client = new HttpClient())
        await using (var content = await client.GetStreamAsync(source, cancellationToken).ConfigureAwait(false))
        await using (var file = File.Create(part))
        {
            await content.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
        }

        File.Move(part, path, overwrite: true);
        return path;
    }

    private static ScoringException Missing(string what) => new(
        ErrorCode.InvalidValue,
        $"Parquet and SQL need DuckDB's library, and {what}: publish without -p:CarryDuckDb=false, or set Scoring__Batch__DuckDbLibrary to its file or Scoring__Batch__DuckDbSource to where it is fetched from.");
}
