using Scoring;
using Scoring.Telemetry;

namespace InfraTests.Alerts;

/// <summary>Every scenario, by the rule whose numbers it brackets.</summary>
internal static partial class Scenarios
{
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);
    private static readonly string Failure = ErrorCode.InferenceFailed.Name();

    public static IReadOnlyList<Scenario> All { get; } = [.. Outages, .. Errors, .. Latency, .. Availability, .. Starts, .. Queues, .. Events, .. Calibration, .. Drift];

    /// <summary>Minutes of one warm process: what it answers at a minute, by minute. A minute that is not named answers nothing.</summary>
    private static Action<Recording> Answers(int minutes, TimeSpan duration, string code, params (int Minute, int Ok, int Bad)[] answers) => recording =>
    {
        var process = recording.WarmProcess();
        foreach (var (minute, ok, bad) in answers)
        {
            recording.PassTo(minute);
            process.Answer(ok, Fast);
            process.Answer(bad, duration, code);
            recording.Minutes(1);
        }

        recording.PassTo(minutes);
    };

    /// <summary>Requests of which some fail.</summary>
    private static Action<Recording> Failing(int minutes, params (int Minute, int Ok, int Failed)[] answers) => Answers(minutes, Fast, Failure, answers);

    /// <summary>Requests of which some miss the SLO.</summary>
    private static Action<Recording> Missing(int minutes, params (int Minute, int Ok, int Missed)[] answers) => Answers(minutes, Slow, ScoringMetrics.Ok, answers);
}
