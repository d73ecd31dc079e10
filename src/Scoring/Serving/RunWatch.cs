using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scoring.Inference;

namespace Scoring.Serving;

/// <summary>
/// Ends runs that nobody waits for: their caller left, their time is over, or the process shuts down. A run that goes on all the same, inside one node, counts as stuck:
/// its slot is replaced, up to as many as the gate has, and while every slot is stuck the process is not ready. One per process; thread safe. Beginning a run allocates nothing.
/// </summary>
public sealed partial class RunWatch : IHostedService, IDisposable
{
    // How soon what happened is seen; the timer rests while nothing runs.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    // A run that goes on for so long is no short one that the system kept waiting.
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(100);

    // A node that is still busy so long after it was asked to end may never be done.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // What runs when the process is told to stop may take this long to be done.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private const int TicksAtRest = 20;

    private readonly Lock gate = new();
    private readonly RunGate runs;
    private readonly TimeProvider time;
    private readonly ILogger<RunWatch> log;
    private readonly ITimer timer;
    private readonly CancellationTokenRegistration stopping;
    private RunLimit[] limits = [];
    private long mustEnd = long.MaxValue;
    private int stuck;
    private int replaced;
    private int idleTicks;
    private bool wasOverdue;
    private volatile bool isAwake;
    private volatile bool hasBegun;

    /// <summary>Watches the runs of a gate.</summary>
    /// <param name="runs">Gets slots for those that are stuck.</param>
    /// <param name="time">Counts the time of runs.</param>
    /// <param name="log">Told what is stuck.</param>
    /// <param name="lifetime">Tells when the process shuts down; null where nobody does.</param>
    public RunWatch(RunGate runs, TimeProvider time, ILogger<RunWatch> log, IHostApplicationLifetime? lifetime = null)
    {
        this.runs = runs;
        this.time = time;
        this.log = log;
        timer = time.CreateTimer(static watch => ((RunWatch)watch!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        stopping = lifetime?.ApplicationStopping.Register(EndAll) ?? default;
    }

    /// <summary>Runs that go on though they were asked to end.</summary>
    public int Stuck => Volatile.Read(ref stuck);

    /// <summary>True while every slot, its replacements included, is taken by a run that does not end: only a restart helps.</summary>
    public bool IsExhausted => Stuck >= 2 * runs.Slots;

    /// <summary>A limit for one run, lent until it is disposed.</summary>
    /// <param name="start">From when its time counts, as a timestamp of the time provider's.</param>
    /// <param name="timeout">How long after that its run may go on; infinite for a run without a limit.</param>
    /// <param name="cancellationToken">Fires when the caller leaves.</param>
    /// <param name="caller">Answered where the run does not end; null where nobody is to be.</param>
    /// <param name="model">Whose slot the run holds; null where it holds none that others wait for.</param>
    /// <param name="kind">What the run is for.</param>
    public RunLimit Begin(long start, TimeSpan timeout, CancellationToken cancellationToken, IRunCaller? caller = null, LoadedModel? model = null, RunKind kind = RunKind.Request)
    {
        var limit = Lend();
        limit.Begin(start, timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : start + Timestamps(timeout), cancellationToken, caller, Holder(model, kind));
        hasBegun = true;
        if (!isAwake)
        {
            Wake();
        }

        return limit;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Gives what runs a short time to be done, then ends it.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        EndAll();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Dispose();
        timer.Dispose();
    }

    private ModelLine? Holder(LoadedModel? model, RunKind kind) =>
        model is null ? null : kind == RunKind.Request ? runs.LineOf(model) : runs.LineOf(model.Package.Name, kind);

    private void EndAll()
    {
        Interlocked.CompareExchange(ref mustEnd, time.GetTimestamp() + Timestamps(StopGrace), long.MaxValue);
        hasBegun = true;
        Wake();
    }

    private RunLimit Lend()
    {
        foreach (var limit in Volatile.Read(ref limits))
        {
            if (limit.TryLend())
            {
                return limit;
            }
        }

        lock (gate)
        {
            var limit = new RunLimit(Ended);
            limit.TryLend();
            Volatile.Write(ref limits, [.. limits, limit]);
            return limit;
        }
    }

    private void Wake()
    {
        lock (gate)
        {
            if (!isAwake)
            {
                isAwake = true;
                timer.Change(Period, Period);
            }
        }
    }

    internal void Tick()
    {
        var (now, latest) = (time.GetTimestamp(), Volatile.Read(ref mustEnd));
        var (all, isOverdue) = (Volatile.Read(ref limits), false);
        foreach (var limit in all)
        {
            isOverdue |= limit.Holder is not null && limit.IsOverdue(now, Timestamps(Long));
            if (limit.Check(now, latest, Timestamps(Patience)))
            {
                Replace();
            }
        }

        if (isOverdue || wasOverdue)
        {
            runs.NoteOverdue(all, now, Timestamps(Long));
            wasOverdue = isOverdue;
        }

        Rest();
    }

    // The timer stops once nothing began for a while and nothing runs.
    private void Rest()
    {
        idleTicks = hasBegun || Array.Exists(Volatile.Read(ref limits), limit => limit.IsRunning) ? 0 : idleTicks + 1;
        hasBegun = false;
        if (idleTicks < TicksAtRest)
        {
            return;
        }

        lock (gate)
        {
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            idleTicks = 0;
            isAwake = false;
            Interlocked.MemoryBarrier();
        }

        // What began while it went to sleep may have seen it awake.
        if (hasBegun)
        {
            Wake();
        }
    }

    private void Replace()
    {
        var isReplaced = false;
        int count;
        lock (gate)
        {
            count = ++stuck;
            if (replaced < runs.Slots)
            {
                replaced++;
                isReplaced = true;
            }
        }

        LogStuck(count, isReplaced);
        if (IsExhausted)
        {
            LogExhausted(count);
        }

        if (isReplaced)
        {
            runs.Add();
        }
    }

    private void Ended(RunLimit limit, bool wasStuck)
    {
        if (!wasStuck)
        {
            return;
        }

        lock (gate)
        {
            stuck--;
            if (replaced <= stuck)
            {
                return;
            }

            replaced--;
        }

        // Its own slot comes back in a moment, and one of the two is too many.
        runs.Remove();
    }

    private long Timestamps(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Error, Message = "A run was asked to end and goes on inside one node; {Stuck} such runs now. Its slot was replaced: {IsReplaced}")]
    private partial void LogStuck(int stuck, bool isReplaced);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Critical, Message = "All {Stuck} runs are stuck and do not end: no model answers, and the process is not ready. Restart it")]
    private partial void LogExhausted(int stuck);
}
