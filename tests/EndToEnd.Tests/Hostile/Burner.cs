using System.Diagnostics;

namespace EndToEnd.Tests.Hostile;

/// <summary>Takes so much of the processors' time, evenly, and nothing else.</summary>
internal static class Burner
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    /// <summary>Burns until the token fires.</summary>
    /// <param name="processors">How many processors' time: 1.5 takes one and a half.</param>
    /// <param name="stop">Ends it.</param>
    public static Task RunAsync(double processors, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ =>
        Task.Factory.StartNew(() => Burn(Math.Min(1, processors / Environment.ProcessorCount), stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    private static void Burn(double share, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < Period * share)
            {
                Thread.SpinWait(100);
            }

            stop.WaitHandle.WaitOne(Period * (1 - share));
        }
    }
}
