using System.Text.Json;

namespace Scoring.Repository;

/// <summary>The one mutable file of a model, <c>live.json</c>: which version answers.</summary>
/// <param name="Version">The live version, or null when none is to answer.</param>
/// <param name="History">The versions that were live before, the latest first; what <c>rollback</c> goes back to.</param>
public sealed record LivePointer(string? Version, IReadOnlyList<string>? History = null)
{
    /// <summary>The pointer's file beside the versions of a model.</summary>
    public const string FileName = "live.json";

    /// <summary>Versions remembered at most.</summary>
    public const int MaxHistory = 16;

    /// <summary>Versions that have a share of the requests beside the live one; null where none has.</summary>
    public Rollout? Rollout { get; init; }

    /// <summary>Why a rollout that the pointer holds is not followed; null where it is, or where there is none.</summary>
    public string? RolloutFault { get; init; }

    /// <summary>The pointer after <paramref name="version"/> went live. Another version than before ends a rollout.</summary>
    public LivePointer MovedTo(string version) =>
        Version is null || Version == version
            ? this with { Version = version }
            : new LivePointer(version, [Version, .. (History ?? []).Where(v => v != Version).Take(MaxHistory - 1)]);

    /// <summary>The pointer as UTF-8 JSON, such as <c>{"version":"3","history":["2"]}</c>.</summary>
    public byte[] ToJson() => SmallJson.Write(Write);

    /// <summary>Reads a pointer.</summary>
    /// <param name="json">UTF-8 JSON; null for what is too large to be one, or no file.</param>
    /// <param name="where">Named in the fault.</param>
    /// <exception cref="PackageFaultException">It is not JSON, or its version is no positive whole number.</exception>
    public static LivePointer Parse(byte[]? json, string where)
    {
        if (json is null)
        {
            throw new PackageFaultException($"{where} is no live pointer: expected a file of at most {BoundedFile.MaxPointer} bytes.");
        }

        try
        {
            using var document = JsonDocument.Parse(json, SmallJson.Strict);
            var pointer = Read(document.RootElement);
            if (pointer.Version is not null && !PackageNames.IsVersion(pointer.Version))
            {
                throw new PackageFaultException($"{where} points to '{pointer.Version}': expected a positive whole number such as \"3\".");
            }

            return pointer.History is null || pointer.History.All(v => PackageNames.IsVersion(v))
                ? pointer
                : pointer with { History = [.. pointer.History.Where(v => PackageNames.IsVersion(v))] };
        }
        catch (Exception e) when (SmallJson.IsDamage(e))
        {
            throw new PackageFaultException($"{where} is not a live pointer: {e.Message}", e);
        }
    }

    internal static LivePointer Read(JsonElement pointer)
    {
        var (rollout, fault) = ReadRollout(pointer);
        var version = pointer.OptionalText("version");
        if (!pointer.TryGetProperty("history", out var versions) || versions.ValueKind == JsonValueKind.Null)
        {
            return new LivePointer(version) { Rollout = rollout, RolloutFault = fault };
        }

        var history = new List<string>();
        foreach (var earlier in versions.EnumerateArray())
        {
            history.Add(earlier.GetString() ?? "");
        }

        return new LivePointer(version, history) { Rollout = rollout, RolloutFault = fault };
    }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteOptional("version", Version);
        if (History is not null)
        {
            writer.WriteStartArray("history");
            foreach (var version in History)
            {
                writer.WriteStringValue(version);
            }

            writer.WriteEndArray();
        }

        Rollout?.Write(writer);
    }

    // A schedule that cannot be read takes nothing from the version that answers.
    private static (Rollout? Rollout, string? Fault) ReadRollout(JsonElement pointer)
    {
        if (pointer.ValueKind != JsonValueKind.Object || !pointer.TryGetProperty("rollout", out var rollout) || rollout.ValueKind == JsonValueKind.Null)
        {
            return (null, null);
        }

        try
        {
            return (Repository.Rollout.Read(rollout), null);
        }
        catch (Exception e) when (SmallJson.IsDamage(e) || e is OverflowException)
        {
            return (null, $"The rollout of the live pointer is not followed: {e.Message}");
        }
    }
}
