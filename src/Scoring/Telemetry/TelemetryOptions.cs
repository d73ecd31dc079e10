using System.ComponentModel.DataAnnotations;

namespace Scoring.Telemetry;

/// <summary>Section <c>Scoring:Telemetry</c>; read once at start. It matters only with <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> set.</summary>
public sealed class TelemetryOptions
{
    public const string Section = "Scoring:Telemetry";

    /// <summary>How often aggregated metrics are sent. Default a minute, which is how Azure Monitor stores them; less costs more and shows no more.</summary>
    [TimeRange("00:00:00.100", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Requests of a model, version and code that are sent as request telemetry, per second; each stands for those since the one before. Of failures and cold requests the first 20 are all sent.</summary>
    [Range(0.01, 1000)]
    public double RequestsPerSecond { get; set; } = 5;

    /// <summary>From the first answer to the set-up of Application Insights, so that set-up does not compete with the answer.</summary>
    [TimeRange("00:00:00", "00:10:00")]
    public TimeSpan StartDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most that sending what is left may delay shutdown.</summary>
    [TimeRange("00:00:00", "00:00:30")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
