using System.Text.Json;

namespace Scoring.Repository;

/// <summary>How much worse than the live version a candidate may be before it is braked.</summary>
/// <param name="Errors">Its ratio of failed requests over the live version's; 1 for no more often.</param>
/// <param name="Misses">The same for requests that take longer than the SLO.</param>
/// <param name="Latency">Its latency over the live version's.</param>
/// <param name="Disagreement">The share of shadowed requests that it may answer otherwise, 0 to 1.</param>
/// <param name="Calibration">By outcomes, how much further what it says may be from what comes true than what the live version says, 0 to 1.</param>
/// <param name="LogLoss">By outcomes, its log loss over the live version's.</param>
/// <param name="AbsoluteError">By outcomes of a regression, its mean absolute error over the live version's.</param>
public sealed record RolloutLimits(
    double Errors = 1, double Misses = 1, double Latency = 1.25, double Disagreement = 0.1, double Calibration = 0.05, double LogLoss = 1.05, double AbsoluteError = 1.05)
{
    /// <summary>What holds where nothing is said.</summary>
    public static RolloutLimits Usual { get; } = new();

    internal static RolloutLimits Read(JsonElement rollout)
    {
        if (!rollout.TryGetProperty("limits", out var limits))
        {
            return Usual;
        }

        return new RolloutLimits(
            Ratio(limits, "errors", Usual.Errors), Ratio(limits, "misses", Usual.Misses), Ratio(limits, "latency", Usual.Latency),
            Share(limits, "disagreement", Usual.Disagreement), Share(limits, "calibration", Usual.Calibration), Ratio(limits, "logLoss", Usual.LogLoss), Ratio(limits, "absoluteError", Usual.AbsoluteError));
    }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("limits");
        writer.WriteNumber("errors", Errors);
        writer.WriteNumber("misses", Misses);
        writer.WriteNumber("latency", Latency);
        writer.WriteNumber("disagreement", Disagreement);
        writer.WriteNumber("calibration", Calibration);
        writer.WriteNumber("logLoss", LogLoss);
        writer.WriteNumber("absoluteError", AbsoluteError);
        writer.WriteEndObject();
    }

    private static double Share(JsonElement limits, string name, double usual) =>
        limits.TryGetProperty(name, out var share) && share.GetDouble() is var given && given is >= 0 and <= 1 ? given : usual;

    private static double Ratio(JsonElement limits, string name, double usual) =>
        limits.TryGetProperty(name, out var ratio) && ratio.GetDouble() is var given && given > 0 ? given : usual;
}
