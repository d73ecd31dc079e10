using Scoring.Serving;

namespace Scoring.Http;

/// <summary>
/// Takes turns at what is done to large bodies and answers outside of a run's slot: unpacking, reading, writing. It takes a processor longer than most runs do, so all of it
/// together has all processors but one, or the only one. Thread safe.
/// </summary>
internal static class LargeWork
{
    /// <summary>From so many bytes on a turn is needed.</summary>
    public const int Bytes = 256 << 10;

    private static readonly SemaphoreSlim Turns = new(Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>Waits for a turn. Who has one may wait for nothing but more of its own work; dispose what is returned once that is done.</summary>
    /// <param name="leastBytes">What is unpacked, read or written, at least.</param>
    /// <param name="cancellationToken">Fires when the caller leaves.</param>
    /// <param name="deadline">Until when the caller waits; null for as long as it does not leave.</param>
    /// <returns>Null where it is so little that no turn is needed.</returns>
    /// <exception cref="ScoringException"><see cref="ErrorCode.DeadlineExceeded"/>.</exception>
    public static ValueTask<Turn?> TurnAsync(double leastBytes, CancellationToken cancellationToken, RunDeadline? deadline = null) =>
        leastBytes < Bytes ? default : WaitAsync(deadline, cancellationToken);

    private static async ValueTask<Turn?> WaitAsync(RunDeadline? deadline, CancellationToken cancellationToken)
    {
        var left = deadline?.Left() ?? Timeout.InfiniteTimeSpan;
        if (deadline is not null && left < TimeSpan.Zero)
        {
            left = TimeSpan.Zero;
        }

        return await Turns.WaitAsync(left, cancellationToken).ConfigureAwait(false)
            ? new Turn()
            : throw new ScoringException(ErrorCode.DeadlineExceeded, "The deadline passed while other large bodies and answers were read and written.");
    }

    /// <summary>A turn; it can be disposed more than once.</summary>
    public sealed class Turn : IDisposable
    {
        private bool isOver;

        internal Turn()
        {
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            if (!Interlocked.Exchange(ref isOver, true))
            {
                Turns.Release();
            }
        }
    }
}
