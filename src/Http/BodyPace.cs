namespace Scoring.Http;

/// <summary>
/// How fast a body has to come that takes memory meanwhile: at 4,096 bytes a second in every ten seconds, and as a whole within a minute. The server's own rule is a mean since the request began,
/// so that a body of which most came at once may rest for an hour.
/// </summary>
/// <param name="cancellationToken">Fires when the caller leaves.</param>
/// <param name="whole">The time for the whole, where it is not a minute.</param>
/// <param name="window">The time for each piece, where it is not ten seconds.</param>
internal sealed class BodyPace(CancellationToken cancellationToken, TimeSpan? whole = null, TimeSpan? window = null) : IDisposable
{
    private const int LeastBytesPerSecond = 4096;

    private readonly CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly TimeSpan window = window ?? TimeSpan.FromSeconds(10);
    private readonly long end = Environment.TickCount64 + (long)(whole ?? TimeSpan.FromMinutes(1)).TotalMilliseconds;
    private long missing;

    /// <summary>Fires when the body has come too slowly, or the caller left.</summary>
    public CancellationToken Token => over.Token;

    /// <summary>True once it has come too slowly.</summary>
    public bool IsOver => over.IsCancellationRequested && !cancellationToken.IsCancellationRequested;

    /// <summary>A piece has come.</summary>
    public void Came(long bytes)
    {
        missing -= bytes;
        if (missing <= 0)
        {
            missing = (long)(LeastBytesPerSecond * window.TotalSeconds);
            var left = TimeSpan.FromMilliseconds(Math.Max(1, end - Environment.TickCount64));
            over.CancelAfter(left < window ? left : window);
        }
    }

    /// <summary>What its sender is told.</summary>
    public static ScoringException TooSlow(Exception cause) => new(
        ErrorCode.BodyTooSlow, $"The body came too slowly: it takes memory meanwhile, so at least {LeastBytesPerSecond} bytes a second have to come, and all of it within a minute.", cause);

    /// <inheritdoc/>
    public void Dispose() => over.Dispose();
}
