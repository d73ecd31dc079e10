using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Scoring.Tests.Serving;

/// <summary>Keeps what is logged, by event.</summary>
internal sealed class LogCounts : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(int Event, string Text)> entries = new();

    /// <summary>Called with each event's number before whoever logs it goes on.</summary>
    public Action<int>? OnEvent { get; set; }

    public int Count(int eventId) => entries.Count(e => e.Event == eventId);

    public IEnumerable<string> Texts => entries.Select(e => e.Text);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        entries.Enqueue((eventId.Id, $"{formatter(state, exception)} {exception}".TrimEnd()));
        OnEvent?.Invoke(eventId.Id);
    }

    public void Dispose()
    {
    }
}
