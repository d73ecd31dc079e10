using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Scoring.Serving;

/// <summary>
/// The one thread on which models are loaded and unloaded, one after the other: their peaks of memory do not add up, and the C library keeps the memory
/// of one thread instead of many. With a thread per load, resident memory grew by a fifth over a few hundred swaps of a 50 MB model; so it stays flat.
/// A load that requests wait for goes before those that nobody waits for, and an unload, which makes room, before those too. While one load goes on for
/// longer than a second, a second thread takes those two kinds, and no other.
/// </summary>
internal sealed partial class NativeThread : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly object gate = new();
    private readonly List<(Action Act, LoadUrgency? Urgency)> waiting = [];
    private readonly TimeSpan patience;
    private long? busySince;
    private bool isEnding;

    public NativeThread()
        : this(TimeSpan.FromSeconds(1))
    {
    }

    /// <param name="patience">How long the first thread may be busy with one load before the second one helps.</param>
    internal NativeThread(TimeSpan patience)
    {
        this.patience = patience;
        new Thread(() => Run(Next)) { IsBackground = true, Name = "model loader" }.Start();
        new Thread(() => Run(NextUrgent)) { IsBackground = true, Name = "second model loader" }.Start();
    }

    /// <summary>Loads and unloads that have not begun.</summary>
    internal int Waiting
    {
        get
        {
            lock (gate)
            {
                return waiting.Count;
            }
        }
    }

    /// <summary>Runs a load in its turn.</summary>
    /// <param name="load">The load.</param>
    /// <param name="urgency">Who waits for it.</param>
    /// <param name="cancellationToken">Takes it back before it begins.</param>
    public Task<T> LoadAsync<T>(Func<T> load, LoadUrgency urgency, CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(
            () =>
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    result.SetCanceled(cancellationToken);
                    return;
                }

                try
                {
                    result.SetResult(load());
                }
                catch (Exception e)
                {
                    result.SetException(e);
                }
            },
            urgency);
        return result.Task;
    }

    /// <summary>Runs an unload in its turn and gives its memory back to the system.</summary>
    public void Unload(Action unload) => Post(
        () =>
        {
            unload();
            Trim();
        },
        urgency: null);

    /// <summary>Lets the thread end after what it was given.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isEnding = true;
            Monitor.PulseAll(gate);
        }
    }

    private void Post(Action action, LoadUrgency? urgency)
    {
        lock (gate)
        {
            if (!isEnding)
            {
                waiting.Add((action, urgency));
                Monitor.PulseAll(gate);
                return;
            }
        }

        // The process ends, and a lease outlived the catalog.
        ThreadPool.QueueUserWorkItem(static a => a(), action, preferLocal: false);
    }

    private static void Run(Func<Action?> next)
    {
        while (next() is { } action)
        {
            action();
        }
    }

    // Null once it was told to end and nothing is left.
    private Action? Next()
    {
        lock (gate)
        {
            busySince = null;
            while (waiting.Count == 0)
            {
                if (isEnding)
                {
                    return null;
                }

                Monitor.Wait(gate);
            }

            busySince = Stopwatch.GetTimestamp();
            return Take(Math.Max(0, FindUrgent()));
        }
    }

    // Null once it was told to end: what is left is the first thread's.
    private Action? NextUrgent()
    {
        lock (gate)
        {
            while (!isEnding)
            {
                if (busySince is { } since && Stopwatch.GetElapsedTime(since) >= patience && FindUrgent() is >= 0 and var index)
                {
                    return Take(index);
                }

                // A load may become urgent while it waits, which nobody tells.
                Monitor.Wait(gate, waiting.Count > 0 ? Poll : Timeout.InfiniteTimeSpan);
            }

            return null;
        }
    }

    private int FindUrgent() => waiting.FindIndex(entry => entry.Urgency is null or { IsUrgent: true });

    private Action Take(int index)
    {
        var (next, _) = waiting[index];
        waiting.RemoveAt(index);
        return next;
    }

    // glibc keeps what is freed for later; other C libraries know no such call.
    private static void Trim()
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                _ = MallocTrim(0);
            }
            catch (EntryPointNotFoundException)
            {
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nint pad);
}
