namespace Scoring.Telemetry;

/// <summary>The dimensions of <see cref="MetricNames"/>. Their values are bounded: see <see cref="ScoringMetrics"/>.</summary>
public static class MetricDimensions
{
    public const string Model = "model";
    public const string Version = "version";
    public const string FromVersion = "from_version";

    /// <summary><c>ok</c> or the name of an error code.</summary>
    public const string Code = "code";

    /// <summary><c>true</c> when the request took at most its model's SLO, whatever its code; else <c>false</c>.</summary>
    public const string SloMet = "slo_met";

    /// <summary><c>true</c> for a request that arrived before the process had given its first answer; else <c>false</c>.</summary>
    public const string Cold = "cold";

    /// <summary>A step of a load or a part of a cold start; <c>total</c> for the whole of a cold start.</summary>
    public const string Phase = "phase";

    /// <summary>What the process answered first: <c>http</c> or <c>queue</c>.</summary>
    public const string Trigger = "trigger";

    /// <summary>A bucket's upper bound in seconds, or <c>+Inf</c>.</summary>
    public const string UpperBound = "le";

    /// <summary>A confidence bin's upper edge; of a feature, see <see cref="MetricNames.Features"/>.</summary>
    public const string Bin = "bin";

    /// <summary>A feature's name, of at most 64 a version.</summary>
    public const string Feature = "feature";

    /// <summary><c>true</c> for an outcome that was the prediction's most probable label; else <c>false</c>.</summary>
    public const string Right = "right";
    public const string Reason = "reason";

    /// <summary>Who asks: <c>entra:OBJECT-ID</c>, or <c>key:</c> and twelve digits of the key's SHA-256.</summary>
    public const string Caller = "caller";
    public const string State = "state";

    /// <summary>What came of a request that a candidate was to score as well, or that was chosen to be kept.</summary>
    public const string Outcome = "outcome";

    /// <summary>Name of a queue of jobs or of their steps.</summary>
    public const string Queue = "queue";
    public const string Cache = "cache";

    /// <summary>Stands for a model or version that the process has never served.</summary>
    public const string Unknown = "unknown";

    /// <summary>Stands for all values beyond a dimension's bound.</summary>
    public const string Other = "other";
}
