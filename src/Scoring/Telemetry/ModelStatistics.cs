namespace Scoring.Telemetry;

/// <summary>What a version has done since the process started.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version.</param>
/// <param name="Succeeded">Requests that were answered, and their time from arrival to answer together.</param>
/// <param name="Failed">Requests that were refused or failed, likewise.</param>
/// <param name="Runs">Session runs, and their time together.</param>
/// <param name="Rows">Rows of these runs.</param>
/// <param name="LastRun">The end of the last run; null before the first.</param>
public sealed record ModelStatistics(
    string Model, string Version, (long Count, TimeSpan Time) Succeeded, (long Count, TimeSpan Time) Failed, (long Count, TimeSpan Time) Runs, long Rows, DateTimeOffset? LastRun)
{
    /// <summary>Those of a version that was never asked.</summary>
    public static ModelStatistics None(string model, string version) => new(model, version, default, default, default, 0, null);
}
