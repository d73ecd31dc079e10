using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Scoring.Telemetry.Logs;

/// <summary>A line of the app's log that is worth sending, without anything secret: see <see cref="LogText"/>.</summary>
/// <param name="Code">Name of the error code, from the line or from its exception; null without one.</param>
/// <param name="Weight">Lines it stands for, itself included.</param>
/// <param name="TraceId">The trace in which it was written; default outside of any.</param>
/// <param name="SpanId">The span in which it was written; default outside of any.</param>
internal sealed record LogRecord(
    DateTimeOffset At, LogLevel Level, string Category, EventId Event, string Message, Exception? Exception, string? Code, long Weight,
    ActivityTraceId TraceId, ActivitySpanId SpanId)
{
    /// <summary>The fields of an event of the audit, by the names that are its interface; none for other lines.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];
}
