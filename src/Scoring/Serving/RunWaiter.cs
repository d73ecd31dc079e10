namespace Scoring.Serving;

/// <summary>One caller that waits at <see cref="RunGate"/>. It is told one thing: that it has a slot, that its deadline passed, or that it made room for another model. A caller that was withdrawn is told nothing.</summary>
internal abstract class RunWaiter
{
    private RunGate? gate;
    private CancellationTokenRegistration registration;

    protected RunWaiter() => Place = new LinkedListNode<RunWaiter>(this);

    /// <summary>Its place in a line of the gate. Read and changed under the gate's lock.</summary>
    public LinkedListNode<RunWaiter> Place { get; }

    /// <summary>The line of its model. Set when it begins to wait.</summary>
    public ModelLine? Line { get; set; }

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

    /// <summary>Tells it that it makes room for another model. The gate calls this once, after it took the waiter out of its line.</summary>
    public void Refuse(ScoringException refusal)
    {
        Unwatch();
        OnRefused(refusal);
    }

    /// <summary>It owns the slot now.</summary>
    protected abstract void OnGranted(RunSlot slot);

    /// <summary>It gets no slot: it made room for another model.</summary>
    protected abstract void OnRefused(ScoringException refusal);

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
