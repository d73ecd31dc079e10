using System.Globalization;
using System.Text.Json;
using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>What trying a package in a process of its own gave.</summary>
/// <param name="Refusal">Why it must not be served; null when it may.</param>
/// <param name="Reason">The refusal in full; null without one.</param>
/// <param name="Load">Time to load and warm the session.</param>
/// <param name="Cases">Golden cases that passed.</param>
/// <param name="CasesTook">Time of the golden cases.</param>
/// <param name="MemoryBytes">Resident memory that loading and running added to the process.</param>
/// <param name="PeakBytes">Most resident memory of the whole process.</param>
public sealed record ProbeReport(RefusalKind? Refusal, string? Reason, TimeSpan Load, int Cases, TimeSpan CasesTook, long MemoryBytes, long PeakBytes)
{
    /// <summary>What an operator should know though the package may be served; null when all is well.</summary>
    public string? Warning { get; init; }

    /// <summary>True where a run on made-up rows does not end: the package is to be loaded without warming up.</summary>
    public bool SkipsWarmUp { get; init; }

    /// <summary>What tokenizes the texts of the package, and whose code; null where nothing does.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>True where the package may be served in a process of its own alone: its run on made-up rows ends the process.</summary>
    public bool NeedsIsolation { get; init; }

    /// <summary>Whether the probe was walled off, as <see cref="CageReport"/> says it; null where that is unknown.</summary>
    public string? Cage { get; init; }

    /// <summary>True where it was judged for a process of its own.</summary>
    public bool IsForIsolation { get; init; }

    /// <summary>True when the package may be served.</summary>
    public bool Passed => Refusal is null;

    /// <summary>Reads what <see cref="Write"/> wrote; throws where a member is missing or of another kind.</summary>
    internal static ProbeReport Read(JsonElement report) => new(
        report.OptionalText("refusal") is { } refusal ? Enum.Parse<RefusalKind>(refusal) : null, report.OptionalText("reason"),
        Time(report, "load"), report.GetProperty("cases").GetInt32(), Time(report, "casesTook"),
        report.GetProperty("memoryBytes").GetInt64(), report.GetProperty("peakBytes").GetInt64())
    {
        Warning = report.OptionalText("warning"),
        Tokenizer = report.OptionalText("tokenizer"),
        Cage = report.OptionalText("cage"),
        SkipsWarmUp = report.TryGetProperty("skipsWarmUp", out var skips) && skips.GetBoolean(),
        NeedsIsolation = report.TryGetProperty("needsIsolation", out var needs) && needs.GetBoolean(),
        IsForIsolation = report.TryGetProperty("isForIsolation", out var isFor) && isFor.GetBoolean(),
    };

    internal void Write(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject(name);
        writer.WriteOptional("refusal", Refusal?.ToString());
        writer.WriteOptional("reason", Reason);
        writer.WriteString("load", Load.ToString("c", CultureInfo.InvariantCulture));
        writer.WriteNumber("cases", Cases);
        writer.WriteString("casesTook", CasesTook.ToString("c", CultureInfo.InvariantCulture));
        writer.WriteNumber("memoryBytes", MemoryBytes);
        writer.WriteNumber("peakBytes", PeakBytes);
        writer.WriteOptional("warning", Warning);
        writer.WriteOptional("tokenizer", Tokenizer);
        writer.WriteOptional("cage", Cage);
        writer.WriteBoolean("skipsWarmUp", SkipsWarmUp);
        writer.WriteBoolean("needsIsolation", NeedsIsolation);
        writer.WriteBoolean("isForIsolation", IsForIsolation);
        writer.WriteEndObject();
    }

    private static TimeSpan Time(JsonElement report, string name) => TimeSpan.ParseExact(report.Text(name), "c", CultureInfo.InvariantCulture);
}
