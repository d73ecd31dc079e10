using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace EndToEnd.Tests.Hostile;

/// <summary>Keeps the machine's processors so busy, evenly and with nothing in particular, whatever else is busy beside it.</summary>
internal static class Burner
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>Time that a burner takes to find how much it has to burn.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    /// <summary>Burns until the token fires, on a thread for each processor.</summary>
    /// <param name="busy">How many processors are to be busy, all that runs taken together: 1.5 of two leaves one of them idle half of the time.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task RunAsync(double busy, CancellationToken stop)
    {
        var share = new StrongBox<double>(busy / Environment.ProcessorCount);
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ =>
            Task.Factory.StartNew(() => Burn(share, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();

        // What others take, and what a thread loses while it waits for a processor, is not known beforehand: it is approached.
        var (spent, start) = (ProcessorTime.OfMachine(), Stopwatch.GetTimestamp());
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(Look, CancellationToken.None);
            var (spentNow, now) = (ProcessorTime.OfMachine(), Stopwatch.GetTimestamp());
            var missing = busy - ((spentNow - spent) / Stopwatch.GetElapsedTime(start, now));
            Volatile.Write(ref share.Value, Math.Clamp(share.Value + (missing / Environment.ProcessorCount / 2), 0, 1));
            (spent, start) = (spentNow, now);
        }

        await Task.WhenAll(threads);
    }

    private static void Burn(StrongBox<double> share, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var (start, now) = (Stopwatch.GetTimestamp(), Volatile.Read(ref share.Value));
            while (Stopwatch.GetElapsedTime(start) < Period * now)
            {
                Thread.SpinWait(100);
            }

            if (now < 1)
            {
                stop.WaitHandle.WaitOne(Period * (1 - now));
            }
        }
    }
}
