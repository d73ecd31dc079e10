using Microsoft.Extensions.Options;

namespace Scoring.Batch.DuckDb;

/// <summary>
/// Deals out <see cref="BatchOptions.DuckDbMemoryBytes"/> among all queries of the process: one half to SQL, whose queries run in turn, the other half in equal shares to
/// what reads and writes Parquet. Who finds no share waits for one. Thread safe.
/// </summary>
internal sealed class DuckDbBudget : IDisposable
{
    private const long MinShareBytes = 64L << 20;

    private readonly SemaphoreSlim sql = new(1);
    private readonly SemaphoreSlim shares;
    private readonly long sqlBytes;
    private readonly long shareBytes;

    public DuckDbBudget(IOptions<BatchOptions> options)
    {
        var half = options.Value.DuckDbMemoryBytes / 2;
        var count = (int)Math.Clamp(half / MinShareBytes, 1, options.Value.MaxConcurrentChunks);
        shares = new SemaphoreSlim(count);
        (sqlBytes, shareBytes) = (half, half / count);
    }

    /// <summary>Waits for the turn of a SQL query; dispose what it gives behind the query.</summary>
    public Task<Share> EnterSqlAsync(CancellationToken cancellationToken) => EnterAsync(sql, sqlBytes, cancellationToken);

    /// <summary>Waits for a share to read or write Parquet with.</summary>
    public Task<Share> EnterAsync(CancellationToken cancellationToken) => EnterAsync(shares, shareBytes, cancellationToken);

    public void Dispose()
    {
        sql.Dispose();
        shares.Dispose();
    }

    private static async Task<Share> EnterAsync(SemaphoreSlim turns, long bytes, CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Share(turns, bytes);
    }

    /// <summary>Memory for one query; disposing gives it back.</summary>
    internal sealed class Share(SemaphoreSlim turns, long bytes) : IDisposable
    {
        public long MemoryBytes => bytes;

        public void Dispose() => turns.Release();
    }
}
