namespace Scoring.Serving;

/// <summary>
/// Lets at most <see cref="ScoringOptions.MaxConcurrentRuns"/> native runs through at once. Who comes when all are taken waits in line: requests up to
/// <see cref="ScoringOptions.MaxQueuedRequests"/>, chunks without a limit of their own, since the queue listener takes only so many messages at a time.
/// Where requests and chunks both wait, they take turns. Thread safe; entering and leaving without a line is one interlocked operation each and allocates nothing.
/// </summary>
public sealed partial class RunGate
{
    /// <summary>What a refused caller is told to wait.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // One word: free slots below, waiters above. A slot is free only while nobody waits. Waiters are counted under the gate alone.
    private const long OneWaiter = 1L << 32;

    private readonly Lock gate = new();
    private readonly LinkedList<RunWaiter> requests = new();
    private readonly LinkedList<RunWaiter> chunks = new();
    private readonly int maxQueuedRequests;
    private readonly int slots;
    private long state;
    private long requestsSeen;
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
        state = maxConcurrentRuns;
        this.maxQueuedRequests = maxQueuedRequests;
    }

    /// <summary>Changes when requests enter, which is all that it tells: it is not counted to the last one.</summary>
    internal long RequestsSeen => Volatile.Read(ref requestsSeen);

    /// <summary>Callers waiting now.</summary>
    public int Waiting => (int)(Volatile.Read(ref state) / OneWaiter);

    /// <summary>Waits for the right to one run.</summary>
    /// <param name="kind">In which line to wait.</param>
    /// <param name="cancellationToken">The caller's deadline, or its leaving.</param>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.Overloaded"/> at once when <see cref="ScoringOptions.MaxQueuedRequests"/> wait already;
    /// <see cref="ErrorCode.DeadlineExceeded"/> when the token fires first.
    /// </exception>
    public ValueTask<RunSlot> EnterAsync(RunKind kind, CancellationToken cancellationToken) => EnterAsync(kind, null, cancellationToken);

    /// <summary>Waits for the right to one run, or for a run that takes the batch along: then <see cref="RunSlot.WasTaken"/>, and the batch holds its answers.</summary>
    /// <inheritdoc cref="EnterAsync(RunKind, CancellationToken)"/>
    public ValueTask<RunSlot> EnterAsync(RunKind kind, ScoringBatch? batch, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromException<RunSlot>(DeadlineExceeded());
        }

        if (kind == RunKind.Request)
        {
            requestsSeen++;
        }

        return TryTake() ? new ValueTask<RunSlot>(new RunSlot(this)) : WaitAsync(kind, batch, cancellationToken);
    }

    /// <summary>Takes the right to one run if one is free now; the way in without a deadline to watch.</summary>
    public bool TryEnter(out RunSlot slot)
    {
        requestsSeen++;
        var entered = TryTake();
        slot = entered ? new RunSlot(this) : default;
        return entered;
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
        var seen = Volatile.Read(ref state);
        while (seen < OneWaiter)
        {
            var before = Interlocked.CompareExchange(ref state, seen + 1, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }

        HandOver();
    }

    private bool TryTake()
    {
        var seen = Volatile.Read(ref state);
        while ((int)seen > 0)
        {
            var before = Interlocked.CompareExchange(ref state, seen - 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    private ValueTask<RunSlot> WaitAsync(RunKind kind, ScoringBatch? batch, CancellationToken cancellationToken)
    {
        RunWaiter waiter;
        lock (gate)
        {
            // Counting oneself in and finding a slot free exclude each other: the count goes up only while none is.
            while (true)
            {
                if (TryTake())
                {
                    return new ValueTask<RunSlot>(new RunSlot(this));
                }

                if (kind == RunKind.Request && IsLineFull)
                {
                    return ValueTask.FromException<RunSlot>(Overloaded());
                }

                var seen = Volatile.Read(ref state);
                if ((int)seen == 0 && Interlocked.CompareExchange(ref state, seen + OneWaiter, seen) == seen)
                {
                    break;
                }
            }

            waiter = new RunWaiter(this, LineOf(kind), batch);
            waiter.Watch(cancellationToken);
        }

        return new ValueTask<RunSlot>(waiter.Task);
    }

    private void HandOver()
    {
        RunWaiter? next;
        lock (gate)
        {
            next = TakeNext();
            if (next is null)
            {
                Interlocked.Increment(ref state);
                return;
            }

            Interlocked.Add(ref state, -OneWaiter);
        }

        next.Grant(new RunSlot(this));
    }

    internal bool TryLeave(RunWaiter waiter)
    {
        lock (gate)
        {
            var wasHeldBack = waiter.IsIn(heldBack);
            if (!waiter.TryLeaveLine())
            {
                return false;
            }

            Interlocked.Add(ref state, wasHeldBack ? 0 : -OneWaiter);
            return true;
        }
    }

    internal static ScoringException DeadlineExceeded() =>
        new(ErrorCode.DeadlineExceeded, "The deadline passed, or the caller left, before the model's run could start.");

    private ScoringException Overloaded() =>
        new(ErrorCode.Overloaded, $"{maxQueuedRequests} requests wait for a run already.") { RetryAfter = RetryAfter };

    private RunWaiter? TakeNext()
    {
        var first = lastServed == RunKind.Request ? RunKind.Chunk : RunKind.Request;
        var kind = LineOf(first).Count > 0 ? first : lastServed;
        if (LineOf(kind).First is not { } node)
        {
            return null;
        }

        lastServed = kind;
        node.Value.TryLeaveLine();
        return node.Value;
    }

    private LinkedList<RunWaiter> LineOf(RunKind kind) => kind == RunKind.Request ? requests : chunks;
}
