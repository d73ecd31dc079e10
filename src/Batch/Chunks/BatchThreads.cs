using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace Scoring.Batch.Chunks;

/// <summary>
/// The threads that chunks are scored on. They are apart from the thread pool, which a few long chunks would keep from answering requests, and on Linux they yield
/// to it: their nice value is 10. One a processor, or <see cref="BatchOptions.MaxConcurrentChunks"/> where that is less. Thread safe.
/// </summary>
internal partial class BatchThreads : TaskScheduler, IDisposable
{
    private const int BulkNice = 10;

    private readonly int nice;

    private readonly BlockingCollection<Task> tasks = [];
    private readonly int count;
    private int started;

    public BatchThreads(IOptions<BatchOptions> options)
        : this(options, BulkNice)
    {
    }

    protected BatchThreads(IOptions<BatchOptions> options, int nice) => (count, this.nice) = (Math.Min(options.Value.MaxConcurrentChunks, Environment.ProcessorCount), nice);

    public override int MaximumConcurrencyLevel => count;

    /// <summary>Runs the work here, and what follows its awaits too unless they are configured otherwise.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    public void Dispose()
    {
        tasks.CompleteAdding();
        GC.SuppressFinalize(this);
    }

    protected override void QueueTask(Task task)
    {
        // Threads are made when they are first needed: a process that only answers requests has none.
        if (Volatile.Read(ref started) < count && Interlocked.Increment(ref started) <= count)
        {
            new Thread(Work) { IsBackground = true, Name = "batch" }.Start();
        }

        tasks.Add(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => tasks;

    private void Work()
    {
        if (OperatingSystem.IsLinux())
        {
            // On Linux the nice value belongs to the calling thread; where raising it is refused, the thread is an ordinary one.
            _ = SetPriority(which: 0, who: 0, nice);
        }

        foreach (var task in tasks.GetConsumingEnumerable())
        {
            TryExecuteTask(task);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
