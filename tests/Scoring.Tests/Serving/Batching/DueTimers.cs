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

    public void Fire() => timers.ForEach(timer => timer.Fire());

    private sealed class Timer(Action callback) : ITimer
    {
        private bool isDisposed;

        public void Fire()
        {
            if (!isDisposed)
            {
                callback();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => !isDisposed;

        public void Dispose() => isDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
