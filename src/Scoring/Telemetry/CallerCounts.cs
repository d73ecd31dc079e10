namespace Scoring.Telemetry;

/// <summary>Counts who scored which model how often. It is registered only where the settings ask for callers, so that nothing is counted otherwise. Thread safe.</summary>
public sealed class CallerCounts(ScoringMetrics metrics)
{
    /// <summary>Counts a request, or a job, and its rows.</summary>
    /// <param name="caller">What stands for the caller, and holds no secret.</param>
    /// <param name="model">A model that there is.</param>
    /// <param name="rows">Rows that were taken up.</param>
    public void Add(string caller, string model, long rows) => metrics.CallerAsked(caller, model, rows);
}
