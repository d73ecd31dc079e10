using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Scoring.Serving.Probing;

/// <summary>
/// Starts a process whose threads give way to those of others where there are not processors enough: a probe is work that no request is to wait for. On Linux; elsewhere it is a process like any other.
/// </summary>
internal static partial class PoliteProcess
{
    /// <summary>Its nice value: a thread of it gets a third of what another thread gets that wants the same processor.</summary>
    public const int Nice = 5;

    // Times a limit that a process may take where the processors are others'.
    private const int MostOfLimit = 3;

    private const int OfThread = 0;
    private const int Caller = 0;

    // Less than a timer tells apart.
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(10);

    /// <summary>As <see cref="Process.Start(ProcessStartInfo)"/>, with what that throws.</summary>
    public static Process Start(ProcessStartInfo start)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Process.Start(start)!;
        }

        // The kernel keeps a nice value for each thread. A process has that of the thread which starts it, and so have all its threads; and a thread may not take it back. Hence one that ends.
        var started = new TaskCompletionSource<Process>();
        var starter = new Thread(() =>
        {
            try
            {
                _ = SetPriority(OfThread, Caller, Nice);
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });
        starter.IsBackground = true;
        starter.Start();
        return started.Task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Waits until a process that gives way had its time. How long it was ready to run and had no processor does not count, up to twice the limit: a run without an end is in line too.
    /// </summary>
    public static async Task WaitAsync(int processId, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var given = limit;
        await Task.Delay(limit, time, cancellationToken).ConfigureAwait(false);
        while (given < limit * MostOfLimit)
        {
            var due = TimeSpan.FromTicks(Math.Min((limit + InLine(processId)).Ticks, (limit * MostOfLimit).Ticks));
            if (due - given < LeastWait)
            {
                return;
            }

            await Task.Delay(due - given, time, cancellationToken).ConfigureAwait(false);
            given = due;
        }
    }

    // How long its first thread was in line. Zero where the system does not tell, or the process is gone.
    private static TimeSpan InLine(int processId)
    {
        try
        {
            // On a processor, in line for one, and turns; nanoseconds.
            var numbers = File.ReadAllText($"/proc/{processId}/schedstat").Split(' ');
            return TimeSpan.FromMicroseconds(long.Parse(numbers[1], CultureInfo.InvariantCulture) / 1000);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return TimeSpan.Zero;
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int value);
}
