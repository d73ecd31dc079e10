namespace Scoring.Serving;

/// <summary>A caller that waits for a slot and for nothing else.</summary>
internal sealed class SlotWaiter : RunWaiter
{
    private readonly TaskCompletionSource<RunSlot> slot = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The slot.</summary>
    public Task<RunSlot> Task => slot.Task;

    protected override void OnGranted(RunSlot slot) => this.slot.SetResult(slot);

    protected override void OnRefused(ScoringException refusal) => slot.SetException(refusal);

    protected override void OnDeadline() => slot.SetException(RunGate.DeadlineExceeded());
}
