namespace Scoring.Repository;

/// <summary>What a publish did.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version that holds the content.</param>
/// <param name="Manifest">The version's files.</param>
/// <param name="Uploaded">False when the repository had the content already.</param>
/// <param name="Live">True when the version is the live one now.</param>
/// <param name="Previous">The version that was live before, if another.</param>
public sealed record PublishResult(string Model, string Version, PackageManifest Manifest, bool Uploaded, bool Live, string? Previous);
