namespace Scoring.Telemetry;

/// <summary>Sees every answered request, on the request's own path: it must be cheap, and must not throw.</summary>
internal interface IRequestObserver
{
    void Observe(RequestSeries requests, TimeSpan duration, TimeSpan slo, int rows);
}
