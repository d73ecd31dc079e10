using System.Globalization;
using Scoring.Repository;

namespace Scoring.Outcomes.Reading;

/// <summary>A file of outcomes.</summary>
/// <param name="Path"><c>{model}/{version}/{day}/{name}.jsonl</c></param>
/// <param name="Version">The version that predicted.</param>
/// <param name="Day">The day, UTC, on which its outcomes came in.</param>
/// <param name="Bytes">Its length.</param>
internal sealed record OutcomeFile(string Path, string Version, DateOnly Day, long Bytes)
{
    private const string Extension = ".jsonl";
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>The folder of its day.</summary>
    public string Folder => Path[..Path.LastIndexOf('/')];

    /// <summary>Its name without the folder.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The file of a path; null where the path is none of an outcome's.</summary>
    public static OutcomeFile? Of(string path, long bytes) =>
        path.Split('/') is [_, var version, var day, var name] && PackageNames.IsVersion(version) && name[0] != '.' && name.EndsWith(Extension, StringComparison.Ordinal)
            && DateOnly.TryParseExact(day, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? new OutcomeFile(path, version, date, bytes)
            : null;
}
