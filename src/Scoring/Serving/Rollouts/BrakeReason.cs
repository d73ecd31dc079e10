namespace Scoring.Serving.Rollouts;

/// <summary>In which respect a candidate was worse than its limits allow.</summary>
public enum BrakeReason
{
    /// <summary>More of its requests fail.</summary>
    Errors,

    /// <summary>More of its requests take longer than the SLO.</summary>
    Misses,

    /// <summary>It is slower.</summary>
    Latency,

    /// <summary>It answers otherwise.</summary>
    Disagreement,
}
