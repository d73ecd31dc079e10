using System.Diagnostics;

namespace Scoring.Telemetry;

/// <summary>A request worth sending by itself.</summary>
/// <param name="Weight">Requests it stands for, itself included.</param>
/// <param name="TraceId">The request's trace; default outside of any.</param>
/// <param name="SpanId">The request's own span; default when it has none and <paramref name="ParentId"/> is the span around it.</param>
internal readonly record struct RequestRecord(
    RequestSeries Series, DateTimeOffset Start, TimeSpan Duration, bool SloMet, int Rows, long Weight,
    ActivityTraceId TraceId, ActivitySpanId SpanId, ActivitySpanId ParentId);
