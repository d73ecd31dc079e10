using System.Globalization;
using Microsoft.AspNetCore.Http;
using Scoring.Repository;

namespace Scoring.Http;

/// <summary>The query of <c>GET /api/models/{model}/calibration</c>. What it does not know is refused: a misspelt <c>since</c> would show another time.</summary>
internal sealed record CalibrationQuery(TimeSpan Since, TimeSpan Until, string? Version)
{
    private static readonly TimeSpan UsualSince = TimeSpan.FromDays(7);
    private static readonly TimeSpan MaxSince = TimeSpan.FromDays(3650);

    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>, with the first parameter that cannot be read.</exception>
    public static CalibrationQuery Read(IQueryCollection query)
    {
        var (since, until) = (UsualSince, TimeSpan.Zero);
        string? version = null;
        foreach (var (name, values) in query)
        {
            var text = values.Count == 1 ? values[0]! : throw Refused(name, $"found {values.Count} values, expected one");
            switch (name)
            {
                case "since": since = Age(name, text); break;
                case "until": until = Age(name, text); break;
                case "version": version = PackageNames.IsVersion(text) ? text : throw Refused(name, $"found '{text}', expected a positive whole number such as 3"); break;
                case "code": break; // The function key.
                default: throw Refused(name, "expected since, until or version");
            }
        }

        return until < since ? new CalibrationQuery(since, until, version) : throw Refused("until", "found what lies before since, expected less than that");
    }

    // 30m, 12h, 7d.
    private static TimeSpan Age(string name, string text)
    {
        var unit = text.Length == 0 ? TimeSpan.Zero : text[^1] switch { 'm' => TimeSpan.FromMinutes(1), 'h' => TimeSpan.FromHours(1), 'd' => TimeSpan.FromDays(1), _ => TimeSpan.Zero };
        return unit > TimeSpan.Zero && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MaxSince / unit
            ? count * unit
            : throw Refused(name, $"found '{text}', expected a time before now in minutes, hours or days, such as 30m, 12h or 7d, at most {MaxSince.TotalDays:0} days");
    }

    private static ScoringException Refused(string name, string detail) => new(ErrorCode.InvalidValue, $"The parameter '{name}' of the query is refused: {detail}.");
}
