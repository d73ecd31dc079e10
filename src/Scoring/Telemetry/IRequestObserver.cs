using System.Diagnostics;

namespace Scoring.Telemetry;

/// <summary>Sees every answered request, on the request's own path: it must be cheap, and must not throw.</summary>
internal interface IRequestObserver
{
    /// <param name="span">The request's own span, which may be over; null when it has none.</param>
    /// <param name="traceparent">What the caller sent as its W3C context; null for nothing.</param>
    void Observe(RequestSeries requests, TimeSpan duration, TimeSpan slo, int rows, Activity? span, string? traceparent);
}
