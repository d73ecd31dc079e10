namespace Scoring.Serving.Probing;

/// <summary>Which measures hold in a process that loads packages, as it found by trying each.</summary>
/// <param name="Missing">Those that do not hold, or why none does; none for a whole cage.</param>
/// <param name="HasOwnUser">Whether it runs as a user of its own.</param>
public sealed record CageReport(IReadOnlyList<string> Missing, bool HasOwnUser)
{
    private const string Caged = "caged";

    /// <summary>A process that no cage was ordered for.</summary>
    public static CageReport Off { get; } = new(["switched off"], false);

    /// <summary>True where every measure holds.</summary>
    public bool IsClosed => Missing.Count == 0;

    /// <summary>Whether a report, as text, tells of a whole cage.</summary>
    public static bool TellsClosed(string? text) => text?.StartsWith(Caged, StringComparison.Ordinal) ?? false;

    /// <summary>Such as <c>caged</c> or <c>uncaged: files, parent</c>.</summary>
    public override string ToString() => IsClosed ? HasOwnUser ? $"{Caged}, as a user of its own" : Caged : $"un{Caged}: {string.Join(", ", Missing)}";
}
