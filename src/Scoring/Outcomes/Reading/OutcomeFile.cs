using System.Globalization;
using Scoring.Repository;

namespace Scoring.Outcomes.Reading;

/// <summary>A file of outcomes, or of counts of receipts beside them.</summary>
/// <param name="Path"><c>{model}/{version}/{day}/{name}.jsonl</c>, or <c>…/receipts-{name}.json</c></param>
/// <param name="Version">The version that predicted.</param>
/// <param name="Day">The day, UTC, on which its outcomes came in, or its receipts were given out.</param>
/// <param name="Bytes">Its length.</param>
internal sealed record OutcomeFile(string Path, string Version, DateOnly Day, long Bytes)
{
    /// <summary>How the name of a count of receipts begins.</summary>
    public const string CountPrefix = "receipts-";

    /// <summary>How it ends: readers of lines pass it over.</summary>
    public const string CountExtension = ".json";

    private const string Extension = ".jsonl";
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>The folder of its day.</summary>
    public string Folder => Path[..Path.LastIndexOf('/')];

    /// <summary>Its name without the folder.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Whether it holds counts of receipts.</summary>
    public bool IsCount => IsCountName(Name);

    /// <summary>The file of a path; null where the path is none of either.</summary>
    public static OutcomeFile? Of(string path, long bytes) =>
        path.Split('/') is [_, var version, var day, var name] && PackageNames.IsVersion(version) && name.Length > 0 && name[0] != '.' && (name.EndsWith(Extension, StringComparison.Ordinal) || IsCountName(name))
            && DateOnly.TryParseExact(day, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? new OutcomeFile(path, version, date, bytes)
            : null;

    private static bool IsCountName(string name) => name.StartsWith(CountPrefix, StringComparison.Ordinal) && name.EndsWith(CountExtension, StringComparison.Ordinal);
}
