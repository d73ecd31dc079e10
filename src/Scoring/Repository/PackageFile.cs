namespace Scoring.Repository;

/// <summary>One file of a package.</summary>
/// <param name="Path">Relative, with forward slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its content, lower-case hexadecimal.</param>
public sealed record PackageFile(string Path, long Bytes, string Sha256);
