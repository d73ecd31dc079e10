namespace Scoring.Telemetry;

/// <summary>The steps of loading a version, in order; lower-case in metrics.</summary>
public enum LoadPhase
{
    Download,
    Verify,
    Probe,
    Session,
    Warmup,
}
