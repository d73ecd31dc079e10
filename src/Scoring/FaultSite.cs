using System.Globalization;

namespace Scoring;

/// <summary>Where in a request faults are found: one instance, or a row that stands alone.</summary>
/// <param name="Faults">Receives the faults.</param>
/// <param name="Instance">Index of the instance in its request; negative for a row that stands alone, as in a job.</param>
internal readonly record struct FaultSite(FaultList Faults, int Instance)
{
    /// <summary>Adds a fault of the instance itself.</summary>
    public void Add(ErrorCode code, string detail) => Faults.Add(code, Pointer, detail);

    /// <summary>Adds a fault of one of the instance's features; <paramref name="path"/> leads on from there and is a JSON pointer or empty.</summary>
    public void Add(ErrorCode code, string feature, string detail, string path = "") => Faults.Add(code, $"{Pointer}/{Escape(feature)}{path}", detail);

    private string Pointer => Instance < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"/instances/{Instance}");

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
