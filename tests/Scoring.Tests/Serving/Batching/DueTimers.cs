namespace Scoring.Tests.Serving.Batching;

/// <summary>A clock whose timers are due when the test says so, in the order in which they were made; one that was disposed is not.</summary>
internal sealed class DueTimers : TimeProvider
{
    private readonly List<Timer> timers = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(() => callback(state));
        timers.Add(timer);
        return timer;
    }

    public void Fire() => timers.ToList().ForEach(timer => timer.Fire());

    /// <summary>Has the timer be due that was made first of those not disposed.</summary>
    public void FireFirst() => timers.First(timer => !timer.IsDisposed).Fire();

    private sealed class Timer(Action callback) : ITimer
    {
        public bool IsDisposed { get; private set; }

        public void Fire()
        {
            if (!IsDisposed)
            {
                callback();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => !IsDisposed;

        public void Dispose() => IsDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
