namespace Scoring.Http;

/// <summary>The bytes of large answers that are in memory at once: from their writing until their callers have read them. Thread safe.</summary>
internal sealed class AnswerBudget(long totalBytes)
{
    private const int ShareOfMemory = 16;
    private const long LeastBytes = 64L << 20;

    private long heldBytes;

    /// <summary>That of this process: a sixteenth of its memory.</summary>
    public static AnswerBudget Shared { get; } = new(Math.Max(LeastBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory));

    /// <summary>Bytes that are held now.</summary>
    public long HeldBytes => Volatile.Read(ref heldBytes);

    /// <summary>Counts bytes that are about to be written.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="ownBytes">How many the same answer holds already; one that is alone is let through whatever its size.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.Overloaded"/>: other answers leave no room.</exception>
    public void Take(long bytes, long ownBytes)
    {
        var held = Interlocked.Add(ref heldBytes, bytes);
        if (held > totalBytes && held > ownBytes + bytes)
        {
            GiveBack(bytes);
            throw new ScoringException(ErrorCode.Overloaded, $"Answers that other callers have not read yet take the {totalBytes} bytes that all answers may take together.") { RetryAfter = TimeSpan.FromSeconds(1) };
        }
    }

    /// <summary>Ends what <see cref="Take"/> began.</summary>
    public void GiveBack(long bytes) => Interlocked.Add(ref heldBytes, -bytes);
}
