using Microsoft.Extensions.Logging;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Serving.Isolation;

/// <summary>
/// Keeps the process of one version alive: another is started when it dies, at once after the first death and after a pause later. After three deaths within a minute the
/// version is given up. Thread safe.
/// </summary>
internal sealed partial class ModelProcess : IDisposable
{
    private const int MaxDeaths = 3;

    private static readonly TimeSpan DeathsCount = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SecondPause = TimeSpan.FromSeconds(1);

    // What a caller waits for the process to be back.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Func<ModelChild> start;
    private readonly Action<string> givenUp;
    private readonly ModelPackage package;
    private readonly ScoringMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly CancellationTokenSource lifetime = new();
    private readonly Queue<long> deaths = new();
    private volatile ModelChild? current;
    private volatile string? verdict;
    private volatile TaskCompletionSource back = Pending();

    /// <summary>Starts the first process and waits until it has loaded the model.</summary>
    /// <param name="start">Starts one.</param>
    /// <param name="package">What it serves.</param>
    /// <param name="givenUp">Told why the version is not started again.</param>
    /// <param name="metrics">Told of deaths.</param>
    /// <param name="time">Counts the minute.</param>
    /// <param name="log">Told of deaths.</param>
    public ModelProcess(Func<ModelChild> start, ModelPackage package, Action<string> givenUp, ScoringMetrics metrics, TimeProvider time, ILogger log)
    {
        this.start = start;
        this.package = package;
        this.givenUp = givenUp;
        this.metrics = metrics;
        this.time = time;
        this.log = log;
        var first = start();
        first.OnGone = TakeDown;
        current = first;
        _ = SuperviseAsync(first);
    }

    /// <summary>The process, while one has the model loaded.</summary>
    public ModelChild? Current => current;

    /// <summary>Times that another process was started.</summary>
    public int Restarts { get; private set; }

    /// <summary>Called once it is disposed.</summary>
    public Action<ModelProcess>? OnDisposed { get; set; }

    /// <summary>Why the version was given up; null while it was not.</summary>
    public string? Verdict => verdict;

    /// <summary>The process that a run goes to.</summary>
    /// <param name="mayWait">Whether to wait where there is none now; the thread is held meanwhile.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: there is none now.</exception>
    public ModelChild Require(bool mayWait)
    {
        if (current is null && mayWait)
        {
            back.Task.Wait(MaxWait, lifetime.Token);
        }

        return current ?? throw Down();
    }

    /// <summary>Waits for the process to be back, or for the version to be given up and no longer to be had.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: neither happened in time.</exception>
    public async Task WhenUpAsync(CancellationToken cancellationToken)
    {
        if (current is null)
        {
            try
            {
                await back.Task.WaitAsync(MaxWait, time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                throw Down();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ModelChild? child;
        lock (gate)
        {
            lifetime.Cancel();
            child = current;
            current = null;
        }

        back.TrySetResult();
        child?.Dispose();
        OnDisposed?.Invoke(this);
    }

    private async Task SuperviseAsync(ModelChild first)
    {
        for (var child = first; ;)
        {
            var end = await child.Ended.ConfigureAwait(false);
            TakeDown(child);
            if (lifetime.IsCancellationRequested)
            {
                return;
            }

            metrics.ModelProcessDied(package.Name, package.Version, child.WasUnending ? "unending" : "crash");
            LogDied(package.Name, package.Version, end.TrimEnd(','), child.Errors);
            child.Dispose();
            if (await RestartAsync(end.TrimEnd(',')).ConfigureAwait(false) is not { } next)
            {
                return;
            }

            child = next;
        }
    }

    // Null once the version is given up or the session is disposed.
    private async Task<ModelChild?> RestartAsync(string end)
    {
        while (true)
        {
            var count = CountDeath();
            if (count >= MaxDeaths)
            {
                GiveUp(end);
                return null;
            }

            try
            {
                await Task.Delay(count == 1 ? TimeSpan.Zero : SecondPause, time, lifetime.Token).ConfigureAwait(false);
                var next = await Task.Factory.StartNew(start, lifetime.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
                if (TryTake(next))
                {
                    return next;
                }

                next.Dispose();
                return null;
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            catch (ScoringException e)
            {
                end = $"could not be started again: {e.Message}";
                LogDied(package.Name, package.Version, end, "");
            }
        }
    }

    private bool TryTake(ModelChild next)
    {
        lock (gate)
        {
            if (lifetime.IsCancellationRequested)
            {
                return false;
            }

            next.OnGone = TakeDown;
            current = next;
            Restarts++;
        }

        LogBack(package.Name, package.Version, next.ProcessId);
        back.TrySetResult();
        return true;
    }

    // From here on runs are refused and leases wait.
    private void TakeDown(ModelChild child)
    {
        lock (gate)
        {
            if (current == child)
            {
                current = null;
                back = Pending();
            }
        }
    }

    private int CountDeath()
    {
        var now = time.GetTimestamp();
        deaths.Enqueue(now);
        while (time.GetElapsedTime(deaths.Peek(), now) > DeathsCount)
        {
            deaths.Dequeue();
        }

        return deaths.Count;
    }

    private void GiveUp(string end)
    {
        verdict = $"The process of version {package.Version} of '{package.Name}' died {MaxDeaths} times within a minute; the last one {end}. Make it live again, or pause and resume its rollout, to have it tried again.";
        LogGivenUp(package.Name, package.Version, end);
        givenUp(verdict);

        // Whoever waited finds the version that answers in its place.
        back.TrySetResult();
    }

    /// <summary>What a run is told while there is no process.</summary>
    public ScoringException Down() => verdict is { } reason
        ? new ScoringException(ErrorCode.ModelUnavailable, reason) { RetryAfter = MaxWait }
        : new ScoringException(ErrorCode.ModelUnavailable, "The process that the model runs in died and is being started again.") { RetryAfter = TimeSpan.FromSeconds(1) };

    private static TaskCompletionSource Pending() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(EventId = 2110, Level = LogLevel.Error, Message = "The process of {Model} version {Version} {End}. It said: {Errors}")]
    private partial void LogDied(string model, string version, string end, string errors);

    [LoggerMessage(EventId = 2111, Level = LogLevel.Warning, Message = "{Model} version {Version} is back, in the process {ProcessId}")]
    private partial void LogBack(string model, string version, int processId);

    [LoggerMessage(EventId = 2112, Level = LogLevel.Error, Message = "{Model} version {Version} is given up: its process died three times within a minute; the last one {End}")]
    private partial void LogGivenUp(string model, string version, string end);
}
