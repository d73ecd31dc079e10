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

    /// <summary>What it says is further from what comes true.</summary>
    Calibration,

    /// <summary>It gives less probability to what comes true.</summary>
    LogLoss,

    /// <summary>The values that it predicts are further from those that come true.</summary>
    AbsoluteError,
}
