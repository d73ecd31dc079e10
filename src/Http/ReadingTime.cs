using Microsoft.AspNetCore.Http;

namespace Scoring.Http;

/// <summary>
/// Ends the connection of a caller that takes longer than a minute to read a large answer, which is in memory until it has. The server's own rule, 240 bytes a second, would let a megabyte
/// take more than an hour.
/// </summary>
internal sealed class ReadingTime : IDisposable
{
    // So many bytes lie in the connection's own buffers.
    private const long SmallBytes = 64 << 10;

    private readonly Timer timer;

    private ReadingTime(HttpContext context, TimeSpan most) => timer = new Timer(static context => ((HttpContext)context!).Abort(), context, most, Timeout.InfiniteTimeSpan);

    /// <summary>The time that a caller has.</summary>
    public static TimeSpan Most { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Begins to count; dispose it when the answer is sent. Null for an answer that is not large.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="bytes">Of the answer.</param>
    /// <param name="most">The time, where it is not <see cref="Most"/>.</param>
    public static ReadingTime? Of(HttpContext context, long bytes, TimeSpan? most = null) => bytes > SmallBytes ? new ReadingTime(context, most ?? Most) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // Waits for a callback that runs: the context is used for the connection's next request.
        using var ended = new ManualResetEvent(false);
        if (timer.Dispose(ended))
        {
            ended.WaitOne();
        }
    }
}
