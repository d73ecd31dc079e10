namespace Scoring.Serving;

/// <summary>
/// Lets at most <see cref="ScoringOptions.MaxConcurrentRuns"/> native runs through at once. A caller that finds no slot free waits in line.
/// </summary>
/// <remarks>
/// Requests and chunks of jobs have a line each; where both wait, they take turns. At most <see cref="ScoringOptions.MaxQueuedRequests"/> requests may wait, and the next is refused.
/// Chunks have no such limit, since the queue listener takes only so many messages at a time.
/// Thread safe. Entering and leaving without a line is one interlocked operation each and allocates nothing.
/// </remarks>
public sealed class RunGate
{
    /// <summary>What a refused caller is told to wait.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly LinkedList<RunWaiter> requests = new();
    private readonly LinkedList<RunWaiter> chunks = new();
    private readonly int maxQueuedRequests;
    private readonly int slots;
    private SlotState state;
    private long requestMark;
    private int reserved;
    private int tooMany;
    private RunKind lastServed = RunKind.Chunk;

    /// <summary>Opens the gate.</summary>
    /// <param name="maxConcurrentRuns">Runs at once, at least 1.</param>
    /// <param name="maxQueuedRequests">Requests that may wait, at least 0.</param>
    public RunGate(int maxConcurrentRuns, int maxQueuedRequests)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrentRuns, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(maxQueuedRequests);
        slots = maxConcurrentRuns;
        state = new SlotState(maxConcurrentRuns);
        this.maxQueuedRequests = maxQueuedRequests;
    }

    /// <summary>
    /// A number that grows when a request comes. Where it is the same at two looks, no request came in between. It does not count requests: two that come at the
    /// same moment may add one, and a request that waits may add two.
    /// </summary>
    internal long RequestMark => Volatile.Read(ref requestMark);

    /// <summary>Callers in line now.</summary>
    public int Waiting => state.Callers;

    /// <summary>Requests in line now; chunks are not among them.</summary>
    internal int WaitingRequests
    {
        get
        {
            lock (gate)
            {
                return requests.Count;
            }
        }
    }

    /// <summary>Waits for the right to one run.</summary>
    /// <param name="kind">In which line to wait.</param>
    /// <param name="cancellationToken">The caller's deadline, or its leaving.</param>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.Overloaded"/> at once when <see cref="ScoringOptions.MaxQueuedRequests"/> wait already;
    /// <see cref="ErrorCode.DeadlineExceeded"/> when the token fires first.
    /// </exception>
    public ValueTask<RunSlot> EnterAsync(RunKind kind, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromException<RunSlot>(DeadlineExceeded());
        }

        if (kind == RunKind.Request)
        {
            requestMark++;
        }

        if (state.TryTake())
        {
            return new ValueTask<RunSlot>(new RunSlot(this));
        }

        var waiter = new SlotWaiter();
        return TryLineUp(waiter, kind, cancellationToken) ? new ValueTask<RunSlot>(waiter.Task) : ValueTask.FromException<RunSlot>(Overloaded());
    }

    /// <summary>Takes the right to one run if one is free now; the way in without a deadline to watch.</summary>
    public bool TryEnter(out RunSlot slot)
    {
        requestMark++;
        var entered = state.TryTake();
        slot = entered ? new RunSlot(this) : default;
        return entered;
    }

    /// <summary>Puts a waiter at the end of a line, or grants it a slot at once where one is free by now.</summary>
    /// <param name="waiter">Granted a slot, or told that its deadline passed.</param>
    /// <param name="kind">In which line it waits.</param>
    /// <param name="deadline">When it fires, the waiter leaves the line.</param>
    /// <returns>False where too many requests wait already.</returns>
    internal bool TryLineUp(RunWaiter waiter, RunKind kind, CancellationToken deadline)
    {
        lock (gate)
        {
            if (kind == RunKind.Request && IsLineFull)
            {
                if (!state.TryTake())
                {
                    return false;
                }
            }
            else if (TryStand(waiter, LineOf(kind)))
            {
                waiter.Watch(this, deadline);
                return true;
            }
        }

        waiter.Grant(new RunSlot(this));
        return true;
    }

    /// <summary>Counts a request as one that waits, though it does not ask for a slot before <see cref="LineUpReserved"/>.</summary>
    /// <param name="waiter">Granted a slot later, or told that its deadline passed.</param>
    /// <param name="deadline">When it fires, the reservation ends.</param>
    /// <returns>False where too many requests wait already.</returns>
    internal bool TryReserve(RunWaiter waiter, CancellationToken deadline)
    {
        lock (gate)
        {
            if (IsLineFull)
            {
                return false;
            }

            reserved++;
            waiter.IsReserved = true;
            waiter.Watch(this, deadline);
            return true;
        }
    }

    /// <summary>Puts a waiter with a reservation at the end of the line of requests, or grants it a slot at once. Without effect where its reservation ended.</summary>
    internal void LineUpReserved(RunWaiter waiter)
    {
        lock (gate)
        {
            if (!waiter.IsReserved)
            {
                return;
            }

            EndReservation(waiter);
            if (TryStand(waiter, requests))
            {
                return;
            }
        }

        waiter.Grant(new RunSlot(this));
    }

    /// <summary>Takes a waiter out of its line, or ends its reservation: it needs no slot any longer.</summary>
    /// <returns>False where it was granted a slot or withdrawn before.</returns>
    internal bool TryWithdraw(RunWaiter waiter)
    {
        lock (gate)
        {
            if (waiter.IsReserved)
            {
                EndReservation(waiter);
            }
            else if (waiter.Place.List is { } line)
            {
                line.Remove(waiter.Place);
                state.RemoveCaller();
            }
            else
            {
                return false;
            }
        }

        waiter.Unwatch();
        return true;
    }

    /// <summary>Runs at once, replacements not counted.</summary>
    internal int Slots => slots;

    /// <summary>Opens one slot more, in place of one that a stuck run holds.</summary>
    internal void Add() => Open();

    /// <summary>Has the next slot that comes back stay closed.</summary>
    internal void Remove() => Interlocked.Increment(ref tooMany);

    internal void Exit()
    {
        if (Volatile.Read(ref tooMany) == 0 || !TryClose())
        {
            Open();
        }
    }

    private bool TryClose()
    {
        var seen = Volatile.Read(ref tooMany);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref tooMany, seen - 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    private void Open()
    {
        if (!state.TryGiveBack())
        {
            HandOver();
        }
    }

    // Under the lock. False where a slot was free and is taken now.
    private bool TryStand(RunWaiter waiter, LinkedList<RunWaiter> line)
    {
        while (!state.TryTake())
        {
            if (state.TryAddCaller())
            {
                line.AddLast(waiter.Place);
                return true;
            }
        }

        return false;
    }

    // Under the lock.
    private void EndReservation(RunWaiter waiter)
    {
        reserved--;
        waiter.IsReserved = false;
    }

    private void HandOver()
    {
        RunWaiter? next;
        lock (gate)
        {
            next = TakeNext();
            if (next is null)
            {
                state.GiveBack();
                return;
            }

            state.RemoveCaller();
        }

        next.Grant(new RunSlot(this));
    }

    internal static ScoringException DeadlineExceeded() =>
        new(ErrorCode.DeadlineExceeded, "The deadline passed, or the caller left, before the model's run could start.");

    internal ScoringException Overloaded() =>
        new(ErrorCode.Overloaded, $"{maxQueuedRequests} requests wait for a run already.") { RetryAfter = RetryAfter };

    // Under the lock.
    private RunWaiter? TakeNext()
    {
        var first = lastServed == RunKind.Request ? RunKind.Chunk : RunKind.Request;
        var kind = LineOf(first).Count > 0 ? first : lastServed;
        if (LineOf(kind).First is not { } node)
        {
            return null;
        }

        lastServed = kind;
        node.List!.Remove(node);
        return node.Value;
    }

    // Under the lock.
    private bool IsLineFull => requests.Count + reserved >= maxQueuedRequests;

    private LinkedList<RunWaiter> LineOf(RunKind kind) => kind == RunKind.Request ? requests : chunks;
}
