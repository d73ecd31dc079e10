using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Scoring.Serving.Probing;

/// <summary>
/// Starts a process of a lower scheduling priority and measures its time: a probe must not take the processors from requests. On Linux; elsewhere its priority is that of any process.
/// </summary>
internal static partial class LowPriorityProcess
{
    /// <summary>Added to this process's nice value. By the kernel's weights a thread of it gets a third of what a thread of this process gets on the same processor.</summary>
    public const int Nice = 5;

    // How many times its time limit it may take at most, however long it waits for a processor.
    private const int MaxLimits = 3;

    // A shorter rest is not waited for.
    private static readonly TimeSpan MinRest = TimeSpan.FromMilliseconds(10);

    /// <summary>As <see cref="Process.Start(ProcessStartInfo)"/>, with what that throws.</summary>
    public static Process Start(ProcessStartInfo start)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Process.Start(start)!;
        }

        // Linux keeps a nice value for each thread; a new process inherits it from the thread that starts it. Lowering it again takes a privilege, so this thread is used once.
        var started = new TaskCompletionSource<Process>();
        var starter = new Thread(() =>
        {
            try
            {
                _ = AddNice(Nice);
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
    /// Waits until a process has used up its time limit. Time in which its first thread was ready to run and had no processor does not count, up to twice the limit: with a limit of one minute a
    /// process that sleeps has one minute, one that always waits for a processor has three.
    /// </summary>
    public static async Task WaitAsync(int processId, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var given = TimeSpan.Zero;
        while (true)
        {
            var waited = WaitedForProcessor(processId);
            var due = limit + waited < limit * MaxLimits ? limit + waited : limit * MaxLimits;
            if (due - given < MinRest)
            {
                return;
            }

            await Task.Delay(due - given, time, cancellationToken).ConfigureAwait(false);
            given = due;
        }
    }

    // Zero where the system does not tell, or the process has ended.
    private static TimeSpan WaitedForProcessor(int processId)
    {
        try
        {
            // Three numbers: nanoseconds on a processor, nanoseconds waiting for one, time slices.
            var numbers = File.ReadAllText($"/proc/{processId}/schedstat").Split(' ');
            return TimeSpan.FromMicroseconds(long.Parse(numbers[1], CultureInfo.InvariantCulture) / 1000);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return TimeSpan.Zero;
        }
    }

    [LibraryImport("libc", EntryPoint = "nice")]
    private static partial int AddNice(int increment);
}
