using System.Diagnostics;

namespace Scoring.Telemetry;

/// <summary>
/// Measures the cold start: the process's birth to ready, plus the first request's arrival to its answer. Time that passes
/// between the two, idle, is no part of it. Thread safe.
/// </summary>
public sealed class ColdStartClock
{
    // A runtime that seems to have started for longer is a process that the platform had started before and kept until it became this app.
    private static readonly TimeSpan LongestRuntimeStart = TimeSpan.FromSeconds(10);

    // A connection that came longer ago than this before its first scoring request waited open; nobody waited for an answer.
    private static readonly TimeSpan LongestHeadOfRequest = TimeSpan.FromSeconds(1);

    private static long entered;

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly long entry;
    private readonly Func<TimeSpan>? processAge;
    private readonly long?[] marks = new long?[Enum.GetValues<ColdStartPhase>().Length];
    private readonly TimeSpan?[] loads = new TimeSpan?[Enum.GetValues<LoadPhase>().Length];
    private volatile ColdStart? result;
    private long connected;

    /// <summary>A clock for a process that entered now, by <paramref name="time"/>.</summary>
    public ColdStartClock(TimeProvider time)
        : this(time, time.GetTimestamp())
    {
    }

    /// <param name="time">What the clock reads.</param>
    /// <param name="entry">When the app was entered, by that time.</param>
    /// <param name="processAge">How old the process is at the call; null leaves out what was before the app's entry.</param>
    internal ColdStartClock(TimeProvider time, long entry, Func<TimeSpan>? processAge = null)
    {
        this.time = time;
        this.entry = entry;
        this.processAge = processAge;
    }

    /// <summary>The clock of this process: entry is the first call of <see cref="Enter"/>, or else of this. By a clock other than the system's, entry is now.</summary>
    internal static ColdStartClock OfProcess(TimeProvider time)
    {
        Enter();
        return time == TimeProvider.System ? new ColdStartClock(time, Volatile.Read(ref entered), ProcessAge) : new ColdStartClock(time);
    }

    /// <summary>The app's entry: the first statement of Program.cs. Only the first call counts.</summary>
    public static void Enter() => Interlocked.CompareExchange(ref entered, Stopwatch.GetTimestamp(), 0);

    /// <summary>The cold start; null until the first answer.</summary>
    public ColdStart? Result => result;

    /// <summary>Marks that <paramref name="phase"/> is over now. The first mark of a phase counts, and none after the first answer.</summary>
    public void Mark(ColdStartPhase phase)
    {
        lock (gate)
        {
            if (result is null)
            {
                marks[(int)phase] ??= time.GetTimestamp();
            }
        }
    }

    /// <summary>
    /// Tells that a connection came now. The first request begins with it where it follows at once: what the server does
    /// for the first time before it calls the app, its caller waits for too.
    /// </summary>
    public void Connected()
    {
        if (result is null)
        {
            Volatile.Write(ref connected, time.GetTimestamp());
        }
    }

    /// <summary>Adds a load's step to the cold start's phases; ignored once the first answer is given.</summary>
    internal void Add(LoadPhase phase, TimeSpan duration)
    {
        lock (gate)
        {
            if (result is null)
            {
                loads[(int)phase] = duration + (loads[(int)phase] ?? TimeSpan.Zero);
            }
        }
    }

    /// <summary>Ends the cold start with the first answer; false for every later one.</summary>
    /// <param name="arrival">Timestamp of the answered request's arrival in the app.</param>
    /// <param name="answer">Timestamp of its answer.</param>
    internal bool TryEnd(string trigger, long arrival, long answer)
    {
        lock (gate)
        {
            if (result is not null)
            {
                return false;
            }

            result = Measure(trigger, Math.Max(trigger == "http" ? Begun(arrival) : arrival, entry), answer);
            return true;
        }
    }

    private long Begun(long arrival)
    {
        var came = Volatile.Read(ref connected);
        return came != 0 && came < arrival && time.GetElapsedTime(came, arrival) < LongestHeadOfRequest ? came : arrival;
    }

    private ColdStart Measure(string trigger, long arrival, long answer)
    {
        var phases = new Dictionary<string, TimeSpan>();
        if (RuntimeStart() is { } runtime)
        {
            phases["runtime"] = runtime;
        }

        var reached = entry;
        foreach (var phase in Enum.GetValues<ColdStartPhase>())
        {
            // A phase that outlasts the arrival is charged up to it: from there on the request waits, and that is its own phase.
            if (marks[(int)phase] is { } mark && mark >= reached)
            {
                var end = Math.Max(reached, Math.Min(mark, arrival));
                phases[Name(phase)] = time.GetElapsedTime(reached, end);
                reached = end;
            }
        }

        phases["request"] = time.GetElapsedTime(arrival, answer);
        var total = phases.Values.Aggregate((sum, part) => sum + part);
        phases["wait"] = time.GetElapsedTime(reached, arrival);
        foreach (var phase in Enum.GetValues<LoadPhase>())
        {
            if (loads[(int)phase] is { } load)
            {
                phases[Name(phase)] = load;
            }
        }

        return new ColdStart(trigger, total, phases);
    }

    private TimeSpan? RuntimeStart() =>
        processAge?.Invoke() - time.GetElapsedTime(entry) is { } before && before > TimeSpan.Zero && before < LongestRuntimeStart ? before : null;

    private static TimeSpan ProcessAge()
    {
        using var process = Process.GetCurrentProcess();
        return TimeProvider.System.GetUtcNow() - process.StartTime;
    }

    internal static string Name(ColdStartPhase phase) => phase switch
    {
        ColdStartPhase.Build => "build",
        ColdStartPhase.Start => "start",
        ColdStartPhase.Handshake => "handshake",
        _ => "ready",
    };

    internal static string Name(LoadPhase phase) => phase switch
    {
        LoadPhase.Download => "download",
        LoadPhase.Verify => "verify",
        LoadPhase.Probe => "probe",
        LoadPhase.Session => "session",
        _ => "warmup",
    };
}
