using System.Text.Json;

namespace Scoring.Repository;

/// <summary>One entry of a model's history, <c>NAME/history.jsonl</c>: what was done to it, by whom and why. It is written after what it tells.</summary>
/// <param name="At">When, by the clock of who did it.</param>
/// <param name="Action">One of the words below.</param>
/// <param name="Version">The version it was done to.</param>
/// <param name="From">The version that was live before; null where that did not change, or none was.</param>
/// <param name="By">Who did it, as they say themselves; nobody checked it.</param>
/// <param name="Why">The reason that was given.</param>
/// <param name="SignedBy">The id of the key that signed; a signature proves it.</param>
public sealed record HistoryEntry(DateTimeOffset At, string Action, string Version, string? From, string By, string? Why, string? SignedBy)
{
    public const string Published = "published";
    public const string Live = "live";
    public const string RolledBack = "rolled_back";
    public const string Signed = "signed";
    public const string RolloutStarted = "rollout_started";
    public const string RolloutPaused = "rollout_paused";
    public const string RolloutResumed = "rollout_resumed";
    public const string RolloutAborted = "rollout_aborted";

    /// <summary>An instance took a candidate's share. It may not write to the repository: the entry is made of its record, and not of a line.</summary>
    public const string Braked = "braked";

    /// <summary>The file beside the versions of a model.</summary>
    public const string FileName = "history.jsonl";

    /// <summary>Most characters of a name or a reason.</summary>
    public const int MaxText = 500;

    // What was read is the end of the file.
    internal const int MaxRead = 1 << 20;

    /// <summary>A line of UTF-8 with its end.</summary>
    internal byte[] ToLine() =>
    [
        .. SmallJson.Write(writer =>
        {
            writer.WriteString("at", At.ToUniversalTime());
            writer.WriteString("action", Action);
            writer.WriteString("version", Version);
            writer.WriteOptional("from", From);
            writer.WriteString("by", Bounded(By));
            writer.WriteOptional("why", Bounded(Why));
            writer.WriteOptional("signedBy", SignedBy);
        }),
        (byte)'\n',
    ];

    /// <summary>The entries of a file's end, oldest first. Lines that are none are left out: somebody wrote them by hand, or they were cut.</summary>
    internal static IReadOnlyList<HistoryEntry> ReadAll(ReadOnlySpan<byte> lines)
    {
        var entries = new List<HistoryEntry>();
        foreach (var range in lines.Split((byte)'\n'))
        {
            if (lines[range] is { IsEmpty: false } line && SmallJson.Read(line.ToArray(), Read) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static HistoryEntry Read(JsonElement root) => new(
        root.GetProperty("at").GetDateTimeOffset(), root.Text("action"), root.Text("version"), root.OptionalText("from"), root.Text("by"), root.OptionalText("why"), root.OptionalText("signedBy"));

    private static string? Bounded(string? text) => text is { Length: > MaxText } ? text[..MaxText] : text;
}
