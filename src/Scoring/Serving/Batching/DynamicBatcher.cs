using System.Diagnostics;
using Microsoft.Extensions.Options;
using Scoring.Inference;
using Scoring.Telemetry;

namespace Scoring.Serving.Batching;

/// <summary>
/// Runs the batches of requests: at once and alone where a slot is free, otherwise after a wait and, where that was measured to pay, merged with others that wait. One per gate; thread safe.
/// </summary>
/// <param name="gate">Gives slots.</param>
/// <param name="watch">Ends runs that nobody waits for.</param>
/// <param name="metrics">Told of each run.</param>
/// <param name="options">How long a run may take.</param>
/// <param name="time">Counts the delay of batches that are held back.</param>
public sealed class DynamicBatcher(RunGate gate, RunWatch watch, ScoringMetrics metrics, IOptions<ScoringOptions> options, TimeProvider time)
{
    private readonly TimeSpan timeout = options.Value.RequestTimeout;
    private readonly PendingBatches pendingBatches = new(gate);

    /// <summary>Runs a batch. It then holds its own answers, whoever ran it. Where a slot is free, this waits for nothing and allocates nothing.</summary>
    /// <param name="batch">What is to be run; the caller does not touch it meanwhile.</param>
    /// <param name="deadline">Until when the batch may wait. Its run may take <see cref="ScoringOptions.RequestTimeout"/> from when it starts, and no longer than the caller itself waits.</param>
    /// <param name="cancellationToken">Fires when the caller leaves.</param>
    /// <param name="caller">Answered where a run on this thread does not end, so that this call does not return; null where nobody is to be.</param>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.Overloaded"/> where it cannot be answered in time; <see cref="ErrorCode.DeadlineExceeded"/> when the deadline passed or the caller left before the run;
    /// otherwise as <see cref="ScoringBatch.Run(RunLimit?, CancellationToken)"/> tells, of this batch alone.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller left during the run.</exception>
    public ValueTask RunAsync(ScoringBatch batch, RunDeadline deadline, CancellationToken cancellationToken, IRunCaller? caller = null)
    {
        var isHeldBack = IsHeldBack(batch);
        if (isHeldBack || !gate.TryEnter(batch.Model, out var slot))
        {
            return WaitAndRunAsync(batch, isHeldBack, deadline, caller, cancellationToken);
        }

        using (slot)
        {
            Run(batch, null, deadline, caller, cancellationToken);
        }

        return ValueTask.CompletedTask;
    }

    // The model asks that its requests be held back for others to share their run, and merging pays.
    private static bool IsHeldBack(ScoringBatch batch) => batch.Model.Config.MaxDelay > TimeSpan.Zero && batch.Model.Batching.For(batch) is not null;

    private async ValueTask WaitAndRunAsync(ScoringBatch batch, bool isHeldBack, RunDeadline deadline, IRunCaller? caller, CancellationToken cancellationToken)
    {
        var left = deadline.Left();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1));
        if (await WaitAsync(new PendingBatch(batch, ending.Token), isHeldBack, deadline).ConfigureAwait(false) is not { } slot)
        {
            return;
        }

        MergedBatch? merged = null;
        try
        {
            using (slot)
            {
                merged = Merge(batch, caller);
                Run(batch, merged, deadline, merged ?? caller, cancellationToken);
            }
        }
        finally
        {
            // Behind the slot: a thread does first what it queued last, and the run that is granted the slot must not keep those waiting that have their answers.
            merged?.Answer();
        }
    }

    // Null where another run answered the batch.
    private async ValueTask<RunSlot?> WaitAsync(PendingBatch pending, bool isHeldBack, RunDeadline deadline)
    {
        if (pending.Deadline.IsCancellationRequested)
        {
            throw RunGate.DeadlineExceeded();
        }

        var line = gate.LineOf(pending.Batch.Model);
        if ((isHeldBack ? gate.TryReserve(pending, line, deadline, pending.Deadline) : gate.TryLineUp(pending, line, deadline, pending.Deadline)) is { } refusal)
        {
            throw refusal;
        }

        using var activity = ScoringActivity.StartWait(pending.Batch.Model.Package.Name);
        pendingBatches.Add(pending, isHeldBack);
        try
        {
            await using var delay = isHeldBack ? time.CreateTimer(_ => pendingBatches.Release(pending), null, pending.Batch.Model.Config.MaxDelay, Timeout.InfiniteTimeSpan) : null;
            return await pending.Turn.ConfigureAwait(false);
        }
        finally
        {
            pendingBatches.Remove(pending);
        }
    }

    // Null where the batch is to run alone.
    private MergedBatch? Merge(ScoringBatch batch, IRunCaller? caller)
    {
        var policy = batch.Model.Batching;
        if (policy.For(batch) is not { } tuner)
        {
            return null;
        }

        var others = pendingBatches.Take(batch, policy.MaxRows, tuner.MaxBatchSize);
        return others.Count > 0 ? new MergedBatch(batch, caller, others, tuner) : null;
    }

    private void Run(ScoringBatch batch, MergedBatch? merged, RunDeadline deadline, IRunCaller? caller, CancellationToken cancellationToken)
    {
        var package = batch.Model.Package;
        using var activity = ScoringActivity.StartRun(package.Name, package.Version, batch.Count);
        var start = Stopwatch.GetTimestamp();
        using var limit = watch.Begin(start, deadline.OfRun(start, timeout), cancellationToken, caller, batch.Model);
        if (merged is null)
        {
            batch.Run(limit, cancellationToken);
        }
        else
        {
            merged.Run(limit);
        }

        metrics.InferenceCompleted(package.Name, package.Version, Stopwatch.GetElapsedTime(start), merged?.Rows ?? batch.Count);
    }
}
