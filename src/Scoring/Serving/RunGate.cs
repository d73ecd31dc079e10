using Scoring.Inference;

namespace Scoring.Serving;

/// <summary>
/// Lets at most <see cref="ScoringOptions.MaxConcurrentRuns"/> native runs through at once. A caller that finds no slot free waits in line.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Each model has a line. <see cref="ModelLines"/> says which model is next, <see cref="LongRuns"/> which may not run now, <see cref="RunAdmission"/> who may wait.</item>
/// <item>Chunks of jobs wait in one line. Where chunks and requests wait, they take turns. Chunks have no limit, since the queue listener takes only so many messages at a time.</item>
/// <item>While nobody waits, entering and leaving takes no lock and allocates nothing. Models with a limit of their own always take the lock.</item>
/// </list>
/// Thread safe.
/// </remarks>
public sealed partial class RunGate
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Model, RunKind Kind), ModelLine> models = [];
    private readonly ModelLines lines = new();
    private readonly LinkedList<RunWaiter> chunks = new();
    private readonly LongRuns limits;
    private readonly RunAdmission admission;
    private readonly TimeProvider time;
    private readonly int slots;
    private SlotState state;
    private long requestMark;
    private int idle;
    private int tooMany;
    private int tooManySpares;
    private int waiting;
    private bool isChunksTurn;

    /// <summary>Opens the gate.</summary>
    /// <param name="maxConcurrentRuns">Runs at once, at least 1.</param>
    /// <param name="maxQueuedRequests">Requests that may wait, at least 0.</param>
    /// <param name="time">Measures runs; the system's where none is given.</param>
    public RunGate(int maxConcurrentRuns, int maxQueuedRequests, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrentRuns, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(maxQueuedRequests);
        this.time = time ?? TimeProvider.System;
        slots = maxConcurrentRuns;
        state = new SlotState(maxConcurrentRuns);
        limits = new LongRuns(maxConcurrentRuns, this.time);
        admission = new RunAdmission(lines, limits, chunks, maxQueuedRequests);
    }

    /// <summary>
    /// A number that grows when a request comes. Where it is the same at two looks, no request came in between. It does not count requests: two that come at the
    /// same moment may add one, and a request that waits may add two.
    /// </summary>
    internal long RequestMark => Volatile.Read(ref requestMark);

    /// <summary>Runs at once, replacements not counted.</summary>
    internal int Slots => slots;

    /// <summary>Callers in line now.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    /// <summary>Waits for the right to one run of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="deadline">Until when the caller waits; heeded by admission alone.</param>
    /// <param name="cancellationToken">Fires at that deadline, or when the caller leaves.</param>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.Overloaded"/> at once where it would wait too long; <see cref="ErrorCode.DeadlineExceeded"/> when the token fires first.
    /// </exception>
    public ValueTask<RunSlot> EnterAsync(LoadedModel model, RunDeadline deadline, CancellationToken cancellationToken) =>
        EnterAsync(LineOf(model), deadline, cancellationToken);

    /// <inheritdoc cref="EnterAsync(LoadedModel, RunDeadline, CancellationToken)"/>
    internal ValueTask<RunSlot> EnterAsync(ModelLine line, RunDeadline deadline, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromException<RunSlot>(DeadlineExceeded());
        }

        if (TryEnter(line, out var slot))
        {
            return new ValueTask<RunSlot>(slot);
        }

        var waiter = new SlotWaiter();
        return TryLineUp(waiter, line, deadline, cancellationToken) is { } refusal ? ValueTask.FromException<RunSlot>(refusal) : new ValueTask<RunSlot>(waiter.Task);
    }

    /// <summary>Waits for the right to run a chunk of a job.</summary>
    /// <param name="model">The name of the model that is to run.</param>
    /// <param name="cancellationToken">Fires when the chunk is not wanted any longer.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.DeadlineExceeded"/> when the token fires first.</exception>
    public ValueTask<RunSlot> EnterChunkAsync(string model, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromException<RunSlot>(DeadlineExceeded());
        }

        var line = LineOf(model, RunKind.Chunk);
        if (!line.IsLimited && state.TryTake())
        {
            return new ValueTask<RunSlot>(Begin(line));
        }

        var waiter = new SlotWaiter { Line = line };
        lock (gate)
        {
            Shut();
            chunks.AddLast(waiter.Place);
            waiting++;
            waiter.Watch(this, cancellationToken);
        }

        HandOver();
        return new ValueTask<RunSlot>(waiter.Task);
    }

    /// <summary>Takes the right to one run of a model if it is to be had now; the way in without a deadline to watch.</summary>
    public bool TryEnter(LoadedModel model, out RunSlot slot) => TryEnter(LineOf(model), out slot);

    /// <inheritdoc cref="TryEnter(LoadedModel, out RunSlot)"/>
    internal bool TryEnter(ModelLine line, out RunSlot slot)
    {
        requestMark++;
        if (!line.IsLimited && state.TryTake())
        {
            slot = Begin(line);
            return true;
        }

        lock (gate)
        {
            Shut();
            var entered = idle > 0 && limits.MayRun(line);
            slot = entered ? Take(line) : default;
            Settle();
            return entered;
        }
    }

    /// <summary>Takes a slot for a run that nobody waits for: only where no run goes on. With two slots or more, a request that comes meanwhile finds another one free, unless that one is kept for runs shorter than its own.</summary>
    /// <param name="model">The name of the model that is to run.</param>
    /// <param name="slot">The slot.</param>
    public bool TryEnterIdle(string model, out RunSlot slot)
    {
        var entered = state.TryTakeOf(slots);
        slot = entered ? Begin(LineOf(model, RunKind.Shadow)) : default;
        return entered;
    }

    /// <summary>The line of a model's requests.</summary>
    internal ModelLine LineOf(LoadedModel model)
    {
        if (model.Line is { } known && known.Gate == this)
        {
            return known;
        }

        var line = LineOf(model.Package.Name);
        // Where the live version has not run yet, the options of one beside it are better than none.
        if (!model.IsBesideLive || !line.IsConfigured)
        {
            line.Configure(model.Config);
        }

        return model.Line = line;
    }

    /// <summary>The line of a model's runs of one kind.</summary>
    internal ModelLine LineOf(string model, RunKind kind = RunKind.Request)
    {
        lock (gate)
        {
            if (!models.TryGetValue((model, kind), out var line))
            {
                models[(model, kind)] = line = new ModelLine(this, model);
            }

            return line;
        }
    }

    /// <summary>Opens one slot more, in place of one that a stuck run holds.</summary>
    internal void Add() => Return(null, 1);

    /// <summary>Has the next slot that comes back stay closed.</summary>
    internal void Remove()
    {
        lock (gate)
        {
            tooMany++;
        }
    }

    internal void Exit(in RunSlot slot)
    {
        var now = time.GetTimestamp();
        slot.Line.Ran((double)(now - slot.Start) / time.TimestampFrequency, now);
        if (slot.Line.Overdue > 0 || Volatile.Read(ref tooMany) > 0 || limits.IsDue(now) || !state.TryGiveBack())
        {
            Return(slot.Line, 0);
        }
    }

    internal static ScoringException DeadlineExceeded() =>
        new(ErrorCode.DeadlineExceeded, "The deadline passed, or the caller left, before the model's run could start.");
}
