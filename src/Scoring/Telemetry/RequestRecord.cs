using System.Diagnostics;

namespace Scoring.Telemetry;

/// <summary>A request worth sending by itself.</summary>
/// <param name="Weight">Requests it stands for, itself included.</param>
/// <param name="TraceId">The request's trace; default when the caller named none and no span was made.</param>
/// <param name="SpanId">The request's own span; default when it has none.</param>
/// <param name="ParentId">The caller's span; default when the request begins its trace.</param>
internal readonly record struct RequestRecord(
    RequestSeries Series, DateTimeOffset Start, TimeSpan Duration, bool SloMet, int Rows, long Weight,
    ActivityTraceId TraceId, ActivitySpanId SpanId, ActivitySpanId ParentId);
