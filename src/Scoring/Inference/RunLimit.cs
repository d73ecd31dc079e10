using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>
/// How long one native run may go on, and the means to end it: ONNX Runtime looks at <see cref="RunOptions.Terminate"/> before each node. Reused from run to run by
/// the watch that lent it; dispose it as soon as the run is over. The run's own thread and the watch may use it at once.
/// </summary>
public sealed class RunLimit : IDisposable
{
    private readonly Lock gate = new();
    private readonly Action<RunLimit, bool> ended;
    private CancellationToken caller;
    private CancellationToken[] others = [];
    private IRunEnder? ender;
    private IRunCaller? waiting;
    private object? holder;
    private long began;
    private long deadline;
    private long askedAt;
    private volatile RunEnd end;
    private bool isRunning;
    private bool isStuck;
    private int isLent;

    /// <param name="ended">Told when a run is over, and whether it had been counted as stuck.</param>
    internal RunLimit(Action<RunLimit, bool> ended) => this.ended = ended;

    internal RunOptions Options { get; } = new();

    /// <summary>Whether the run was asked to end.</summary>
    internal bool HasEnded => end != RunEnd.None;

    /// <summary>Whether its run may go on for as long as its caller waits, as those of jobs may.</summary>
    internal bool HasNoDeadline => Volatile.Read(ref deadline) == long.MaxValue;

    /// <summary>Whether a run goes on.</summary>
    internal bool IsRunning => Volatile.Read(ref isRunning);

    /// <summary>Who the slot belongs to of a run that goes on; null where none goes on, or holds no slot.</summary>
    internal object? Holder => Volatile.Read(ref holder);

    /// <summary>Whether a run has gone on for so long, in timestamps.</summary>
    internal bool IsOverdue(long now, long length)
    {
        lock (gate)
        {
            return isRunning && now - began >= length;
        }
    }

    internal bool TryLend() => Volatile.Read(ref isLent) == 0 && Interlocked.CompareExchange(ref isLent, 1, 0) == 0;

    /// <summary>Begins to count.</summary>
    /// <param name="start">When the run begins.</param>
    /// <param name="timestamp">When it is to be over; <see cref="long.MaxValue"/> for never.</param>
    /// <param name="token">Fires when its caller leaves.</param>
    /// <param name="runCaller">Told when it does not end; null where nobody is to be answered.</param>
    /// <param name="heldBy">Who the slot belongs to that the run holds; null where it holds none.</param>
    internal void Begin(long start, long timestamp, CancellationToken token, IRunCaller? runCaller = null, object? heldBy = null)
    {
        lock (gate)
        {
            (began, deadline, caller, waiting, isRunning) = (start, timestamp, token, runCaller, true);
            Volatile.Write(ref holder, heldBy);
        }
    }

    /// <summary>The run is for more callers than the first. It goes on until its own deadline passed or its caller left, and each of these tokens fired too.</summary>
    internal void Share(CancellationToken[] tokens)
    {
        lock (gate)
        {
            others = tokens;
        }
    }

    /// <summary>The run goes on elsewhere, and is ended by what is given; null where it does not any longer. Where it was asked to end before, it is asked at once.</summary>
    internal void EndBy(IRunEnder? runEnder)
    {
        lock (gate)
        {
            ender = runEnder;
            if (end != RunEnd.None)
            {
                runEnder?.End();
            }
        }
    }

    /// <summary>Asks the run to end where nobody waits for it any longer.</summary>
    /// <param name="now">The time.</param>
    /// <param name="mustEnd">From when on every run is to end; <see cref="long.MaxValue"/> for never.</param>
    /// <param name="patience">How long after it was asked a run counts as stuck, in timestamps.</param>
    /// <returns>True once for a run that goes on all the same.</returns>
    internal bool Check(long now, long mustEnd, long patience)
    {
        lock (gate)
        {
            if (!isRunning)
            {
                return false;
            }

            if (end == RunEnd.None)
            {
                var reason = now >= mustEnd ? RunEnd.Stopping : Reason(now);
                if (reason != RunEnd.None)
                {
                    (end, askedAt) = (reason, now);
                    Options.Terminate = true;
                    ender?.End();
                }

                return false;
            }

            if (isStuck || now - askedAt < patience)
            {
                return false;
            }

            // Under the lock: the run may end any moment, and the next begin with a caller of its own.
            waiting?.RunIsStuck(Stuck());
            return isStuck = true;
        }
    }

    private ScoringException Stuck() => end == RunEnd.Stopping
        ? new ScoringException(ErrorCode.ModelUnavailable, "The service shuts down, and the model's run does not end.") { RetryAfter = TimeSpan.FromSeconds(1) }
        : new ScoringException(
            ErrorCode.DeadlineExceeded, $"The model's run was not over within {nameof(ScoringOptions.RequestTimeout)} and could not be ended: it goes on inside one node. Isolation in model.json lets such a run be ended.");

    /// <summary>Throws what an ended run means to its caller; nothing where it was not ended.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    /// <exception cref="ScoringException"><see cref="ErrorCode.DeadlineExceeded"/>, or <see cref="ErrorCode.ModelUnavailable"/> while the process shuts down.</exception>
    internal void ThrowIfEnded()
    {
        switch (end)
        {
            case RunEnd.CallerLeft:
                throw new OperationCanceledException("The caller left before the model's run was over.", caller);
            case RunEnd.Deadline:
                throw new ScoringException(ErrorCode.DeadlineExceeded, $"The model's run was not over within {nameof(ScoringOptions.RequestTimeout)} and was ended.");
            case RunEnd.Stopping:
                throw new ScoringException(ErrorCode.ModelUnavailable, "The service shuts down, and the model's run was not over in time.") { RetryAfter = TimeSpan.FromSeconds(1) };
            default:
                return;
        }
    }

    /// <summary>The run is over; the next one begins without what ended this one.</summary>
    public void Dispose()
    {
        bool wasStuck;
        lock (gate)
        {
            if (end != RunEnd.None)
            {
                Options.Terminate = false;
            }

            wasStuck = isStuck;
            Volatile.Write(ref holder, null);
            (isRunning, isStuck, end, caller, waiting, others) = (false, false, RunEnd.None, default, null, []);
        }

        ended(this, wasStuck);
        Volatile.Write(ref isLent, 0);
    }

    private RunEnd Reason(long now)
    {
        var left = caller.IsCancellationRequested;
        if ((!left && now < deadline) || !Array.TrueForAll(others, other => other.IsCancellationRequested))
        {
            return RunEnd.None;
        }

        return left && others.Length == 0 ? RunEnd.CallerLeft : RunEnd.Deadline;
    }

    /// <summary>Why a run was asked to end before its time.</summary>
    private enum RunEnd
    {
        /// <summary>It was not.</summary>
        None,

        /// <summary>Nobody waits for it: its caller left.</summary>
        CallerLeft,

        /// <summary>Its time is over.</summary>
        Deadline,

        /// <summary>The process shuts down.</summary>
        Stopping,
    }
}
