using System.Globalization;

namespace Scoring;

/// <summary>Where in a request faults are found: one instance, or a row that stands alone.</summary>
/// <param name="Faults">Receives the faults.</param>
/// <param name="Instance">Index of the instance in its request; negative for a row that stands alone, as in a job.</param>
/// <param name="IsBare">True where the instance is the value of its only feature, which then has no name in the body.</param>
internal readonly record struct FaultSite(FaultList Faults, int Instance, bool IsBare = false)
{
    /// <summary>Adds a fault of the instance itself.</summary>
    public void Add(ErrorCode code, string detail) => Faults.Add(code, Pointer, detail);

    /// <summary>Adds a fault of one of the instance's features; <paramref name="path"/> leads on from there and is a JSON pointer or empty.</summary>
    public void Add(ErrorCode code, string feature, string detail, string path = "") =>
        Faults.Add(code, IsBare ? Pointer + path : $"{Pointer}/{Escape(feature)}{path}", detail);

    /// <summary>Adds a fault of a feature that does not stand in the instance: a pointer leads to what was sent, and so to the instance; the detail names the feature.</summary>
    public void AddAbsent(ErrorCode code, string feature, string detail) => Faults.Add(code, Pointer, $"'{feature}': {detail}");

    /// <summary>A name as one step of a JSON pointer (RFC 6901).</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private string Pointer => Instance < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"/instances/{Instance}");
}
