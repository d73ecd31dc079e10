namespace Scoring.Http;

/// <summary>
/// Takes turns at writing answers of megabytes, which takes a processor longer than most runs do and is done outside of the run's slot: they have all processors but one, or the only one. Thread safe.
/// </summary>
internal static class LargeAnswers
{
    private const int Bytes = 1 << 20;

    private static readonly SemaphoreSlim Turns = new(Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>Waits for the turn to write an answer; dispose what is returned once it is written.</summary>
    /// <param name="leastBytes">Its size, at least.</param>
    /// <param name="cancellationToken">Fires when the caller leaves.</param>
    public static async ValueTask<Turn> TurnAsync(double leastBytes, CancellationToken cancellationToken)
    {
        if (leastBytes < Bytes)
        {
            return default;
        }

        await Turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(IsTaken: true);
    }

    /// <summary>A turn, or that none is needed.</summary>
    public readonly record struct Turn(bool IsTaken) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose()
        {
            if (IsTaken)
            {
                Turns.Release();
            }
        }
    }
}
