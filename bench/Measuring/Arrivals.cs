using System.Diagnostics;

namespace Scoring.Bench.Measuring;

/// <summary>Asks a service, in a closed loop of some callers or by arrivals that do not wait for answers.</summary>
internal static class Arrivals
{
    /// <summary>Answers a second with so many callers, each asking again as soon as it is answered; and answers a second of the processor's time, which neighbours on a busy machine touch less.</summary>
    public static async Task<(double PerSecond, double PerProcessorSecond)> ClosedAsync(Func<Task> ask, int callers, TimeSpan duration, CancellationToken cancellationToken)
    {
        var processor = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync, cancellationToken)));
        return (counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds, counts.Sum() / (Environment.CpuUsage.TotalTime - processor).TotalSeconds);

        async Task<int> CallAsync()
        {
            var count = 0;
            for (; Stopwatch.GetElapsedTime(start) < duration; count++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await ask();
            }

            return count;
        }
    }

    /// <summary>99th percentile, in milliseconds, of the time from an arrival to its answer. Arrivals follow a Poisson process, the same at the same seed.</summary>
    public static async Task<double> OpenAsync(Func<Task> ask, double perSecond, TimeSpan duration, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var answers = new List<Task<double>>();
        var start = Stopwatch.GetTimestamp();
        var due = TimeSpan.Zero;
        while (due < duration)
        {
            cancellationToken.ThrowIfCancellationRequested();
            due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond);
            while (Stopwatch.GetElapsedTime(start) < due)
            {
                // Coarse waits are made up for by asking all that is due; the time counts from when it was.
                await Task.Delay(TimeSpan.FromMilliseconds(1), cancellationToken);
            }

            var arrival = due;
            answers.Add(Task.Run(
                async () =>
                {
                    await ask();
                    return (Stopwatch.GetElapsedTime(start) - arrival).TotalMilliseconds;
                },
                cancellationToken));
        }

        var times = await Task.WhenAll(answers);
        Array.Sort(times);
        return times[(int)Math.Ceiling(0.99 * times.Length) - 1];
    }
}
