using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Scoring.Serving;

/// <summary>
/// The one thread on which models are loaded and unloaded, one after the other: their peaks of memory do not add up, and the C library keeps the memory
/// of one thread instead of many. With a thread per load, resident memory grew by a fifth over a few hundred swaps of a 50 MB model; so it stays flat.
/// A load that never ends holds up every other; a probe sees to it that none does.
/// </summary>
internal sealed partial class NativeThread : IDisposable
{
    private readonly BlockingCollection<Action> work = [];

    public NativeThread() => new Thread(Run) { IsBackground = true, Name = "model loader" }.Start();

    /// <summary>Runs a load in its turn.</summary>
    public Task<T> LoadAsync<T>(Func<T> load, CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
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
        });
        return result.Task;
    }

    /// <summary>Runs an unload in its turn and gives its memory back to the system.</summary>
    public void Unload(Action unload) => Post(() =>
    {
        unload();
        Trim();
    });

    /// <summary>Lets the thread end after what it was given.</summary>
    public void Dispose() => work.CompleteAdding();

    private void Post(Action action)
    {
        try
        {
            work.Add(action);
        }
        catch (InvalidOperationException)
        {
            // The process ends, and a lease outlived the catalog.
            ThreadPool.QueueUserWorkItem(static a => a(), action, preferLocal: false);
        }
    }

    private void Run()
    {
        foreach (var action in work.GetConsumingEnumerable())
        {
            action();
        }
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
