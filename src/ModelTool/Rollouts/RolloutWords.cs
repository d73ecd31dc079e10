using System.Globalization;
using Scoring.Repository;

namespace ModelTool.Rollouts;

/// <summary>A schedule as it is written on the command line.</summary>
internal static class RolloutWords
{
    /// <summary>Reads steps such as <c>1%,10%,50%,100%</c>.</summary>
    /// <exception cref="FormatException">They are none; the message says which.</exception>
    public static IReadOnlyList<double> Steps(string given) => [.. Split(given).Select(Percent)];

    /// <summary>Reads a share such as <c>10%</c>.</summary>
    /// <inheritdoc cref="Steps"/>
    public static double Percent(string given) =>
        double.TryParse(given.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100
            ? percent
            : throw new FormatException($"'{given}' is no share: expected 0% to 100%, such as 10%.");

    /// <summary>Reads a time such as <c>10m</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static TimeSpan Time(string given)
    {
        var unit = given.Length > 1 ? given[^1] : ' ';
        var seconds = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        return seconds > 0 && double.TryParse(given[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var count) && count > 0 && count * seconds < TimeSpan.FromDays(365).TotalSeconds
            ? TimeSpan.FromSeconds(count * seconds)
            : throw new FormatException($"'{given}' is no time: expected a number and s, m, h or d, such as 10m.");
    }

    /// <summary>Reads weights such as <c>3=90,4=10</c>, which need not add up to a hundred; the live version's share is what the others leave.</summary>
    /// <exception cref="FormatException">They are none, or leave out the live version.</exception>
    public static IReadOnlyList<RolloutArm> Weights(string given, string live)
    {
        var weights = new List<(string Version, double Weight)>();
        foreach (var part in Split(given))
        {
            var sides = part.Split('=', StringSplitOptions.TrimEntries);
            weights.Add(
                sides is [var version, var number] && PackageNames.IsVersion(version) && double.TryParse(number.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && weight >= 0 && double.IsFinite(weight)
                    ? (version, weight)
                    : throw new FormatException($"'{part}' is no weight: expected VERSION=WEIGHT, such as 3=90,4=10."));
        }

        var all = weights.Sum(weight => weight.Weight);
        return !weights.Any(weight => weight.Version == live) ? throw new FormatException($"The weights leave out version {live}, which is live: say what it keeps, such as {live}=90.")
            : weights.DistinctBy(weight => weight.Version).Count() < weights.Count || all <= 0 || weights.Count < 2 ? throw new FormatException("Expected weights of at least two versions, each named once, and one of them above 0.")
            : [.. weights.Where(weight => weight.Version != live).Select(weight => new RolloutArm(weight.Version, [weight.Weight / all * 100]))];
    }

    /// <summary>Reads limits such as <c>errors=1.2,latency=1.5</c>.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public static RolloutLimits Limits(string? given)
    {
        var limits = RolloutLimits.Usual;
        foreach (var part in Split(given ?? ""))
        {
            var sides = part.Split('=', StringSplitOptions.TrimEntries);
            if (sides.Length != 2 || !double.TryParse(sides[1].TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number <= 0 || !double.IsFinite(number))
            {
                throw new FormatException($"'{part}' is no limit: expected errors=, misses=, latency=, disagreement=, calibration=, logLoss= or absoluteError= and a number above 0, such as latency=1.25.");
            }

            var share = sides[1].EndsWith('%') ? number / 100 : number;
            limits = sides[0] switch
            {
                "errors" => limits with { Errors = number },
                "misses" => limits with { Misses = number },
                "latency" => limits with { Latency = number },
                "logLoss" => limits with { LogLoss = number },
                "absoluteError" => limits with { AbsoluteError = number },
                "disagreement" when share <= 1 => limits with { Disagreement = share },
                "calibration" when share <= 1 => limits with { Calibration = share },
                _ => throw new FormatException($"'{part}' is no limit: expected errors, misses, latency, logLoss or absoluteError as a ratio, or disagreement or calibration as a share of at most 1."),
            };
        }

        return limits;
    }

    /// <summary>A share as people write it.</summary>
    public static string Text(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:0.##}%");

    private static string[] Split(string given) => given.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
