namespace Scoring.Repository.Signing;

/// <summary>A published version that is what its manifest says.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version's number.</param>
/// <param name="Sha256">SHA-256 of <c>model.onnx</c>.</param>
/// <param name="Files">How many files it has.</param>
/// <param name="Bytes">Of all files together.</param>
/// <param name="SignedBy">The id of the trusted key that signed it; null where no keys were given.</param>
/// <param name="Signatures">The ids of all keys whose signatures lie beside it, checked or not.</param>
public sealed record VerifiedPackage(string Model, string Version, string Sha256, int Files, long Bytes, string? SignedBy, IReadOnlyList<string> Signatures)
{
    /// <summary>Its manifest as it is stored.</summary>
    internal byte[] Manifest { get; init; } = [];
}
