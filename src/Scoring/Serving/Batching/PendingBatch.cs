namespace Scoring.Serving.Batching;

/// <summary>A batch that waits for a slot, or for a run of others that takes it along, whichever comes first.</summary>
internal sealed class PendingBatch : RunWaiter
{
    private readonly TaskCompletionSource<RunSlot?> turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="batch">What is to be run.</param>
    /// <param name="deadline">Fires when its caller leaves or its time is over.</param>
    public PendingBatch(ScoringBatch batch, CancellationToken deadline)
    {
        Batch = batch;
        Deadline = deadline;
        Listing = new LinkedListNode<PendingBatch>(this);
    }

    /// <summary>What is to be run.</summary>
    public ScoringBatch Batch { get; }

    /// <summary>Fires when its caller leaves or its time is over.</summary>
    public CancellationToken Deadline { get; }

    /// <summary>Where <see cref="PendingBatches"/> lists it. Read and changed under that list's lock.</summary>
    public LinkedListNode<PendingBatch> Listing { get; }

    /// <summary>A slot to run in; null where another run answered the batch. Fails where the deadline passed first, or where that other run failed.</summary>
    public Task<RunSlot?> Turn => turn.Task;

    /// <summary>Another run answered the batch.</summary>
    public void Complete() => turn.TrySetResult(null);

    /// <summary>Another run failed to answer the batch. Only the first call counts, and what comes after it does not.</summary>
    public void Fail(Exception exception) => turn.TrySetException(exception);

    protected override void OnGranted(RunSlot slot) => turn.SetResult(slot);

    protected override void OnRefused(ScoringException refusal) => turn.SetException(refusal);

    protected override void OnDeadline() => turn.SetException(RunGate.DeadlineExceeded());
}
