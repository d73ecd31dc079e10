namespace Scoring.Repository.Signing;

/// <summary>A manifest and the bytes that it is stored as, which are what is signed.</summary>
/// <param name="Manifest">What they say.</param>
/// <param name="Json">The bytes.</param>
internal sealed record StoredManifest(PackageManifest Manifest, byte[] Json);
