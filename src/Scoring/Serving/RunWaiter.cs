namespace Scoring.Serving;

/// <summary>One caller in a line of <see cref="RunGate"/>; in or out of the line under the gate's lock only.</summary>
internal sealed class RunWaiter
{
    private readonly TaskCompletionSource<RunSlot> slot = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RunGate gate;
    private readonly LinkedListNode<RunWaiter> place;
    private CancellationTokenRegistration deadline;

    public RunWaiter(RunGate gate, LinkedList<RunWaiter> line, ScoringBatch? batch)
    {
        this.gate = gate;
        Batch = batch;
        place = line.AddLast(this);
    }

    /// <summary>What is to be run, where another's run may take it along.</summary>
    public ScoringBatch? Batch { get; }

    /// <summary>Fires when its caller leaves or its time is over.</summary>
    public CancellationToken Token { get; private set; }

    public Task<RunSlot> Task => slot.Task;

    /// <summary>Gives up the place when the token fires.</summary>
    public void Watch(CancellationToken cancellationToken)
    {
        Token = cancellationToken;
        deadline = cancellationToken.UnsafeRegister(static waiter => ((RunWaiter)waiter!).GiveUp(), this);
    }

    public bool TryLeaveLine()
    {
        if (place.List is not { } line)
        {
            return false;
        }

        line.Remove(place);
        return true;
    }

    /// <summary>Whether it stands in a line.</summary>
    public bool IsIn(LinkedList<RunWaiter> line) => place.List == line;

    /// <summary>Takes the last place of a line; it is in none.</summary>
    public void LineUp(LinkedList<RunWaiter> line) => line.AddLast(place);

    public void Grant(RunSlot granted)
    {
        deadline.Unregister();
        slot.SetResult(granted);
    }

    /// <summary>Ends the wait of one whom another's run took along.</summary>
    public void Complete()
    {
        deadline.Unregister();
        slot.TrySetResult(default);
    }

    /// <summary>The same where it failed; without effect once it ended.</summary>
    public void Fail(Exception exception)
    {
        deadline.Unregister();
        slot.TrySetException(exception);
    }

    private void GiveUp()
    {
        if (gate.TryLeave(this))
        {
            slot.SetException(RunGate.DeadlineExceeded());
        }
    }
}
