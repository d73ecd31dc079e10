using Scoring.Configuration;

namespace Scoring.Serving;

/// <summary>The requests of one model that wait at a gate, and what its runs cost. Its chunks and its shadow's runs have a line each too, for their runs. Guarded by the gate's lock where nothing else is said.</summary>
internal sealed class ModelLine(RunGate gate, string model)
{
    // A run beside which another still meets its SLO takes at most this share of it.
    private const double ShareOfSlo = 0.5;

    private long lastRun = long.MinValue;
    private int takenAlong;
    private int running;

    /// <summary>The gate that it belongs to.</summary>
    public RunGate Gate => gate;

    /// <summary>The model's name.</summary>
    public string Model => model;

    /// <summary>Those that ask for a slot, the longest waiting first.</summary>
    public LinkedList<RunWaiter> Waiters { get; } = new();

    /// <summary>Requests that count as waiting and do not ask for a slot yet.</summary>
    public int Reserved { get; set; }

    /// <summary>All requests that wait.</summary>
    public int Count => Waiters.Count + Reserved;

    /// <summary>Seconds of slots that it saved while it waited and has not spent.</summary>
    public double Savings { get; set; }

    /// <summary>Its runs that go on for longer than a short one takes, as of the watch's last look. Read without the lock.</summary>
    public int Overdue { get; set; }

    /// <summary>Runs that go on: every slot that it holds. Thread safe.</summary>
    public int Running => Volatile.Read(ref running);

    /// <summary>Its share beside other models.</summary>
    public double Weight { get; private set; } = 1;

    /// <summary>Most runs at once.</summary>
    public int MaxRuns { get; private set; } = int.MaxValue;

    /// <summary>Most requests that may wait.</summary>
    public int MaxQueued { get; private set; } = int.MaxValue;

    /// <summary>The latency promised.</summary>
    public TimeSpan Slo { get; private set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether a version of the model said something of itself.</summary>
    public bool IsConfigured { get; private set; }

    /// <summary>What its runs cost. Thread safe.</summary>
    public RunCost Cost { get; } = new();

    /// <summary>True while its runs are too long for the slot that is kept for shorter ones.</summary>
    public bool IsLong { get; set; }

    /// <summary>True where a free slot alone does not decide whether it may run. Read without the lock.</summary>
    public bool IsLimited => MaxRuns < gate.Slots || IsLong || Overdue > 0;

    /// <summary>Whether its runs are short enough for its SLO, as far as is known.</summary>
    public bool IsPrompt => Overdue == 0 && !(Cost.IsKnown && Cost.OfRun > LongestPrompt);

    /// <summary>Seconds of a run beside which another one still meets the SLO.</summary>
    public double LongestPrompt => Slo.TotalSeconds * ShareOfSlo;

    /// <summary>Takes over what a version of the model says of itself.</summary>
    public void Configure(ModelConfig config)
    {
        Weight = config.Weight;
        MaxRuns = config.MaxConcurrentRuns ?? int.MaxValue;
        MaxQueued = config.MaxQueued ?? int.MaxValue;
        Slo = config.Slo;
        IsConfigured = true;
    }

    /// <summary>A request of it is answered by another's run.</summary>
    public void TakeAlong() => takenAlong++;

    /// <summary>Takes note of a run that begins. Thread safe.</summary>
    public void Began() => Interlocked.Increment(ref running);

    /// <summary>Takes note of a run that ended. Thread safe.</summary>
    public void Ran(double seconds, long now)
    {
        Interlocked.Decrement(ref running);
        Cost.Add(seconds, 1 + Interlocked.Exchange(ref takenAlong, 0));
        Volatile.Write(ref lastRun, now);
    }

    /// <summary>True where it waits, or ran no longer ago than that.</summary>
    public bool IsInUse(long since) => Count > 0 || Volatile.Read(ref lastRun) > since;
}
