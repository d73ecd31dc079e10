using Microsoft.Extensions.Options;

namespace Scoring.Http;

/// <summary>
/// The bytes of request bodies that are in memory at once: from their arrival until their request is answered. Small bodies are not counted. One per process; thread safe.
/// </summary>
public sealed class BodyBudget
{
    // A body that is read may lie in memory three times: as it came, in one piece, and as rows.
    private const int ShareOfMemory = 16;
    private const int ShareForSmall = 8;

    private readonly long totalBytes;
    private long heldBytes;

    /// <summary>The budget that the options ask for.</summary>
    public BodyBudget(IOptions<ScoringOptions> options)
        : this(options.Value.MaxBodyBytes, options.Value.MaxBodyBytesInFlight is > 0 and var given ? given : Math.Max(options.Value.MaxBodyBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory))
    {
    }

    internal BodyBudget(long maxBytes, long totalBytes)
    {
        MaxBytes = maxBytes;
        this.totalBytes = totalBytes;
    }

    /// <summary>Most bytes of one body.</summary>
    public long MaxBytes { get; }

    /// <summary>Bytes that are held now.</summary>
    internal long HeldBytes => Volatile.Read(ref heldBytes);

    /// <summary>Counts bytes, unless they are too many. For a body that is not large an eighth more is kept than for a large one: a few large ones that come slowly leave room for it.</summary>
    internal bool TryTake(long bytes, bool isLarge)
    {
        if (Interlocked.Add(ref heldBytes, bytes) <= (isLarge ? totalBytes : totalBytes + (totalBytes / ShareForSmall)))
        {
            return true;
        }

        GiveBack(bytes);
        return false;
    }

    internal void GiveBack(long bytes) => Interlocked.Add(ref heldBytes, -bytes);

    internal ScoringException Exhausted() =>
        new(ErrorCode.Overloaded, $"The bodies of other requests take the {totalBytes} bytes that all bodies may take together ({nameof(ScoringOptions.MaxBodyBytesInFlight)}).") { RetryAfter = TimeSpan.FromSeconds(1) };
}
