namespace Scoring.Serving;

/// <summary>One caller in a line of <see cref="RunGate"/>; in or out of the line under the gate's lock only.</summary>
internal sealed class RunWaiter
{
    private readonly TaskCompletionSource<RunSlot> slot = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RunGate gate;
    private readonly LinkedListNode<RunWaiter> place;
    private CancellationTokenRegistration deadline;

    public RunWaiter(RunGate gate, LinkedList<RunWaiter> line)
    {
        this.gate = gate;
        place = line.AddLast(this);
    }

    public Task<RunSlot> Task => slot.Task;

    /// <summary>Gives up the place when the token fires.</summary>
    public void Watch(CancellationToken cancellationToken) =>
        deadline = cancellationToken.UnsafeRegister(static waiter => ((RunWaiter)waiter!).GiveUp(), this);

    public bool TryLeaveLine()
    {
        if (place.List is not { } line)
        {
            return false;
        }

        line.Remove(place);
        return true;
    }

    public void Grant(RunSlot granted)
    {
        deadline.Unregister();
        slot.SetResult(granted);
    }

    private void GiveUp()
    {
        if (gate.TryLeave(this))
        {
            slot.SetException(RunGate.DeadlineExceeded());
        }
    }
}
