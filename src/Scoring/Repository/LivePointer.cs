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

    /// <summary>The pointer after <paramref name="version"/> went live.</summary>
    public LivePointer MovedTo(string version) =>
        Version is null || Version == version
            ? this with { Version = version }
            : new LivePointer(version, [Version, .. (History ?? []).Where(v => v != Version).Take(MaxHistory - 1)]);

    /// <summary>The pointer as UTF-8 JSON, such as <c>{"version":"3","history":["2"]}</c>.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RepositoryJson.Default.LivePointer);

    /// <summary>Reads a pointer.</summary>
    /// <exception cref="PackageFaultException">It is not JSON, or its version is no positive whole number.</exception>
    public static LivePointer Parse(ReadOnlySpan<byte> json, string where)
    {
        try
        {
            var pointer = JsonSerializer.Deserialize(json, RepositoryJson.Default.LivePointer)
                ?? throw new PackageFaultException($"{where} is not a live pointer: found null.");
            if (pointer.Version is not null && !PackageNames.IsVersion(pointer.Version))
            {
                throw new PackageFaultException($"{where} points to '{pointer.Version}': expected a positive whole number such as \"3\".");
            }

            return pointer.History is null || pointer.History.All(v => PackageNames.IsVersion(v))
                ? pointer
                : pointer with { History = [.. pointer.History.Where(v => PackageNames.IsVersion(v))] };
        }
        catch (JsonException e)
        {
            throw new PackageFaultException($"{where} is not a live pointer: {e.Message}", e);
        }
    }
}
