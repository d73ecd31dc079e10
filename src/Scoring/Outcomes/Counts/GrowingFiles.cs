using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scoring.Repository;

namespace Scoring.Outcomes.Counts;

/// <summary>
/// Writes what this process counts for all to see: each file once a minute while it grows, and at an orderly end, after the last request. No request waits for it. What cannot be written, since the
/// storage is away, is written a minute later. Nothing of it runs before something is counted. Thread safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="log">Told where nothing can be written.</param>
internal sealed partial class GrowingFiles(TimeProvider time, ILogger<GrowingFiles> log) : IHostedLifecycleService, IDisposable
{
    /// <summary>How often a file is written; what a process counted since is lost when it is killed.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<IGrowingFile, Written> files = new();
    private readonly CancellationTokenSource ending = new();
    private volatile bool isStarted;
    private volatile bool isAway;
    private int isRunning;
    private int isDisposed;
    private Task running = Task.CompletedTask;

    /// <summary>Takes up a file.</summary>
    public void Add(IOutcomeStore store, IGrowingFile file)
    {
        files.TryAdd(file, new Written(store));
        Begin();
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        isStarted = true;
        Begin();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Everything else has stopped, so that no more is counted: writes what is left, within a few seconds.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await ending.CancelAsync().ConfigureAwait(false);
        if (files.IsEmpty || !isStarted)
        {
            return;
        }

        // Two writes of one file at once might end in the wrong order.
        using var patience = new CancellationTokenSource(StopWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await running.WaitAsync(either.Token).ConfigureAwait(false);
            await WriteAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            LogAway("the storage did not answer in time");
        }
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>May be called again: a container disposes of a service by each way that it was asked for.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) == 0)
        {
            ending.Cancel();
            ending.Dispose();
        }
    }

    private void Begin()
    {
        if (isStarted && !files.IsEmpty && Interlocked.Exchange(ref isRunning, 1) == 0)
        {
            running = Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ending.Token).ConfigureAwait(false))
            {
                using var patience = new CancellationTokenSource(Patience, time);
                await WriteAsync(patience.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The app stops; what is left is written then.
        }
    }

    /// <summary>Writes what has grown.</summary>
    internal async Task WriteAsync(CancellationToken cancellationToken)
    {
        var failed = false;
        foreach (var (file, written) in files)
        {
            var count = file.Count;
            if (count != written.Count)
            {
                failed |= !await TryWriteAsync(file, written, count, cancellationToken).ConfigureAwait(false);
            }
            else if (file.IsOver(time.GetUtcNow()))
            {
                file.Close();
                if (file.Count == count)
                {
                    files.TryRemove(file, out _);
                }
            }
        }

        isAway = failed;
    }

    private async Task<bool> TryWriteAsync(IGrowingFile file, Written written, long count, CancellationToken cancellationToken)
    {
        try
        {
            await written.Store.ReplaceAsync(file.Path, file.ToBytes(), cancellationToken).ConfigureAwait(false);
            written.Count = count;
            return true;
        }
        catch (Exception exception) when (RepositoryAccess.IsOutage(exception))
        {
            if (!isAway)
            {
                isAway = true;
                LogAway(RepositoryAccess.Reason(exception));
            }

            return false;
        }
    }

    [LoggerMessage(EventId = 2260, Level = LogLevel.Warning, Message = "What is counted for all instances cannot be written, and is tried again in a minute: {Reason}")]
    private partial void LogAway(string reason);

    private sealed class Written(IOutcomeStore store)
    {
        public IOutcomeStore Store => store;

        public long Count { get; set; }
    }
}
