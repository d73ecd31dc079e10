using System.Diagnostics;

namespace Scoring.Bench.Measuring;

/// <summary>Times actions in alternating rounds, so that the machine's moods meet all alike; medians tell.</summary>
internal static class Rounds
{
    private const int WarmUpRounds = 5;

    /// <summary>Median nanoseconds of one call of each action.</summary>
    /// <param name="rounds">Rounds that count.</param>
    /// <param name="perRound">Calls of each action in a round.</param>
    /// <param name="actions">What is timed.</param>
    /// <param name="cancellationToken">Ends early, with an exception.</param>
    public static double[] Medians(int rounds, int perRound, Action[] actions, CancellationToken cancellationToken)
    {
        var times = actions.Select(_ => new double[rounds]).ToArray();
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var action = 0; action < actions.Length; action++)
            {
                times[action][Math.Max(round, 0)] = Time(actions[action], perRound);
            }
        }

        return Array.ConvertAll(times, Median);
    }

    /// <summary>The middle of some times.</summary>
    public static double Median(double[] times) => times.Order().ElementAt(times.Length / 2);

    /// <summary>Bytes that a thousand calls allocate on this thread, after one that does not count.</summary>
    public static long AllocatedByThousand(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 1000; call++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>The folder that holds Functions.sln.</summary>
    public static string Checkout()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Functions.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The benchmark runs inside a checkout.");
        }

        return folder;
    }

    private static double Time(Action action, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var call = 0; call < calls; call++)
        {
            action();
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls;
    }
}
