namespace Scoring.Telemetry;

/// <summary>Is told how one request ended, on the request's own path: it must be cheap, and must not throw.</summary>
public interface IRequestWatch
{
    /// <param name="code"><see cref="ScoringMetrics.Ok"/> or the name of an error code.</param>
    /// <param name="duration">From the request's arrival to its end.</param>
    /// <param name="slo">What the answering version promises.</param>
    void Completed(string code, TimeSpan duration, TimeSpan slo);
}
