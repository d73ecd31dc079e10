using System.Diagnostics;

namespace Scoring.Serving;

/// <summary>Until when a request may wait for its run.</summary>
/// <param name="At">A timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="IsCallers">
/// True where the caller itself said how long it waits: its run is ended then too, and it is refused only where it cannot be answered by then. Otherwise the model's SLO decides.
/// </param>
public readonly record struct RunDeadline(long At, bool IsCallers = false)
{
    /// <summary>How long is left; negative once it passed.</summary>
    public TimeSpan Left() => Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), At);

    /// <summary>How long a run may take that starts now.</summary>
    /// <param name="start">A timestamp of <see cref="Stopwatch"/>.</param>
    /// <param name="timeout">How long any run may take.</param>
    public TimeSpan OfRun(long start, TimeSpan timeout)
    {
        var left = IsCallers ? Stopwatch.GetElapsedTime(start, At) : timeout;
        return left < timeout ? TimeSpan.FromTicks(Math.Max(0, left.Ticks)) : timeout;
    }
}
