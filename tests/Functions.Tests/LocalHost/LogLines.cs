using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Functions.Tests.LocalHost;

/// <summary>Keeps what is logged, each entry as its message with what was thrown.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> lines = new();
    private readonly List<(Predicate<string> Is, TaskCompletionSource Seen)> _awaited = [];

    public IReadOnlyList<string> All => [.. lines];

    /// <summary>Ends once a line has been logged, earlier or later, that the predicate is true of.</summary>
    public Task WaitForAsync(Predicate<string> predicate)
    {
        lock (_awaited)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((predicate, seen));
            if (lines.Any(line => predicate(line)))
            {
                seen.SetResult();
            }

            return seen.Task;
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"{formatter(state, exception)} {exception}".TrimEnd();
        lock (_awaited)
        {
            lines.Enqueue(line);
            foreach (var (isAwaited, seen) in _awaited)
            {
                if (isAwaited(line))
                {
                    seen.TrySetResult();
                }
            }
        }
    }

    public void Dispose()
    {
    }
}
