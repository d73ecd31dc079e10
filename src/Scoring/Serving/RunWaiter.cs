namespace Scoring.Serving;

/// <summary>One caller that waits at <see cref="RunGate"/>. It is told one thing: that it has a slot, or that its deadline passed. A caller that was withdrawn is told nothing.</summary>
internal abstract class RunWaiter
{
    private RunGate? gate;
    private CancellationTokenRegistration registration;

    protected RunWaiter() => Place = new LinkedListNode<RunWaiter>(this);

    /// <summary>Its place in a line of the gate. Read and changed under the gate's lock.</summary>
    public LinkedListNode<RunWaiter> Place { get; }

    /// <summary>Whether it counts as waiting without standing in a line. Read and changed under the gate's lock.</summary>
    public bool IsReserved { get; set; }

    /// <summary>Leaves the gate when the deadline fires. Called under the gate's lock, so that nobody grants or withdraws it before it is watched.</summary>
    public void Watch(RunGate gate, CancellationToken deadline)
    {
        this.gate = gate;
        registration = deadline.UnsafeRegister(static waiter => ((RunWaiter)waiter!).GiveUp(), this);
    }

    /// <summary>Heeds the deadline no longer.</summary>
    public void Unwatch() => registration.Unregister();

    /// <summary>Gives it the right to one run. The gate calls this once, after it took the waiter out of its line.</summary>
    public void Grant(RunSlot slot)
    {
        Unwatch();
        OnGranted(slot);
    }

    /// <summary>It owns the slot now.</summary>
    protected abstract void OnGranted(RunSlot slot);

    /// <summary>It gets no slot: its deadline passed, or its caller left.</summary>
    protected abstract void OnDeadline();

    private void GiveUp()
    {
        if (gate!.TryWithdraw(this))
        {
            OnDeadline();
        }
    }
}
