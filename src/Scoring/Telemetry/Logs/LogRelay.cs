using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Scoring.Telemetry.Logs;

/// <summary>
/// Hands the app's own log lines to telemetry, from warnings on: of each event the first <see cref="Burst"/>, then a few a second, each
/// of which stands for those since the one before. Events of the audit are all handed on, with their fields. Thread safe.
/// </summary>
internal sealed class LogRelay(IEnumerable<ILogSink> sinks, TimeProvider time) : ILoggerProvider
{
    /// <summary>Lines of one event that may be sent at once after a quiet while.</summary>
    public const int Burst = 20;

    private static readonly string[] Ours = ["Scoring", "LocalHost", "Triggers"];

    private readonly ILogSink[] sinks = [.. sinks];
    private readonly ConcurrentDictionary<(string Category, int Event), Turns> turns = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private void Take(string category, LogLevel level, EventId id, IReadOnlyList<KeyValuePair<string, object?>> state, string text, Exception? exception)
    {
        var weight = 1L;
        var isAudit = category == AuditLog.Category;
        if (LogText.Of(state, text) is not { } message
            || (!isAudit && !turns.GetOrAdd((category, id.Id), _ => new Turns()).Sampling.TryTake(time.GetTimestamp(), time.TimestampFrequency / 5, Burst, keep: false, out weight)))
        {
            return;
        }

        var current = Activity.Current;
        var record = new LogRecord(
            time.GetUtcNow(), level, category, id, message, exception, CodeOf(state, exception), weight, current?.TraceId ?? default, current?.SpanId ?? default)
        {
            Fields = isAudit ? FieldsOf(state) : [],
        };
        foreach (var sink in sinks)
        {
            sink.Take(record);
        }
    }

    private static KeyValuePair<string, string>[] FieldsOf(IReadOnlyList<KeyValuePair<string, object?>> state) =>
        [.. from field in state where field.Key[0] != '{' select KeyValuePair.Create(JsonNamingPolicy.CamelCase.ConvertName(field.Key), field.Value as string ?? "")];

    private static string? CodeOf(IReadOnlyList<KeyValuePair<string, object?>> state, Exception? exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is ScoringException known)
            {
                return known.Code.Name();
            }
        }

        return state.FirstOrDefault(argument => argument.Key == "Code").Value as string;
    }

    private sealed class Turns
    {
        public SamplingState Sampling;
    }

    private sealed class Logger(LogRelay relay, string category) : ILogger
    {
        private readonly bool isOurs = Array.Exists(Ours, name => category == name || category.StartsWith(name + ".", StringComparison.Ordinal));

        private readonly LogLevel least = category == AuditLog.Category ? LogLevel.Information : LogLevel.Warning;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => isOurs && logLevel >= least && logLevel < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                relay.Take(category, logLevel, eventId, state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], formatter(state, exception), exception);
            }
        }
    }
}
