using System.Diagnostics;

namespace Scoring.Telemetry;

/// <summary>
/// Measures the cold start: the app's own entry to ready, plus the first request's arrival to its answer. Time that passes
/// between the two, idle, is no part of it. Thread safe.
/// </summary>
public sealed class ColdStartClock
{
    private static long entered;

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly long entry;
    private readonly long?[] marks = new long?[Enum.GetValues<ColdStartPhase>().Length];
    private readonly TimeSpan?[] loads = new TimeSpan?[Enum.GetValues<LoadPhase>().Length];
    private volatile ColdStart? result;

    /// <summary>A clock for a process that entered now, by <paramref name="time"/>.</summary>
    public ColdStartClock(TimeProvider time)
        : this(time, time.GetTimestamp())
    {
    }

    private ColdStartClock(TimeProvider time, long entry)
    {
        this.time = time;
        this.entry = entry;
    }

    /// <summary>The clock of this process: entry is the first call of <see cref="Enter"/>, or else of this. By a clock other than the system's, entry is now.</summary>
    internal static ColdStartClock OfProcess(TimeProvider time)
    {
        Enter();
        return new ColdStartClock(time, time == TimeProvider.System ? Volatile.Read(ref entered) : time.GetTimestamp());
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
    /// <param name="arrival">Timestamp of the answered request's arrival.</param>
    /// <param name="answer">Timestamp of its answer.</param>
    internal bool TryEnd(string trigger, long arrival, long answer)
    {
        lock (gate)
        {
            if (result is not null)
            {
                return false;
            }

            result = Measure(trigger, Math.Max(arrival, entry), answer);
            return true;
        }
    }

    private ColdStart Measure(string trigger, long arrival, long answer)
    {
        var phases = new Dictionary<string, TimeSpan>();
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
        foreach (var phase in Enum.GetValues<LoadPhase>())
        {
            if (loads[(int)phase] is { } load)
            {
                phases[Name(phase)] = load;
            }
        }

        return new ColdStart(trigger, total, phases);
    }

    internal static string Name(ColdStartPhase phase) => phase switch
    {
        ColdStartPhase.Build => "build",
        ColdStartPhase.Start => "start",
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
