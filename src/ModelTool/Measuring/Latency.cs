using System.Diagnostics;

namespace ModelTool.Measuring;

/// <summary>How long runs took.</summary>
/// <param name="Runs">Runs that count.</param>
internal sealed record Latency(int Runs, double P50Microseconds, double P99Microseconds)
{
    private const int WarmUpRuns = 20;
    private const int MinRuns = 20;
    private const int MaxRuns = 200_000;

    /// <summary>Times an action again and again, each call by itself.</summary>
    /// <param name="run">What is timed.</param>
    /// <param name="budget">Time for it; twenty runs are made all the same.</param>
    public static Latency Of(Action run, TimeSpan budget)
    {
        WarmUp(run, budget / 4);
        var times = new List<double>();
        var started = Stopwatch.GetTimestamp();
        while (times.Count < MaxRuns && (times.Count < MinRuns || Stopwatch.GetElapsedTime(started) < budget))
        {
            times.Add(Time(run));
        }

        return From(times);
    }

    /// <summary>Times several actions turn by turn, so that the machine's moods meet all alike.</summary>
    public static Latency[] OfEach(Action[] runs, TimeSpan budget)
    {
        foreach (var run in runs)
        {
            WarmUp(run, budget / (4 * runs.Length));
        }

        var times = runs.Select(_ => new List<double>()).ToArray();
        var started = Stopwatch.GetTimestamp();
        while (times[0].Count < MaxRuns && (times[0].Count < MinRuns || Stopwatch.GetElapsedTime(started) < budget))
        {
            for (var index = 0; index < runs.Length; index++)
            {
                times[index].Add(Time(runs[index]));
            }
        }

        return Array.ConvertAll(times, From);
    }

    private static void WarmUp(Action run, TimeSpan budget)
    {
        var started = Stopwatch.GetTimestamp();
        for (var call = 0; call < WarmUpRuns && Stopwatch.GetElapsedTime(started) < budget + TimeSpan.FromSeconds(1); call++)
        {
            run();
        }
    }

    private static double Time(Action run)
    {
        var start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static Latency From(List<double> times)
    {
        times.Sort();
        return new Latency(times.Count, times[times.Count / 2], times[Math.Min(times.Count - 1, (int)(times.Count * 0.99))]);
    }
}
