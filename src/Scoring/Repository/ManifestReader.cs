using Scoring.Repository.Signing;

namespace Scoring.Repository;

/// <summary>Reads the manifest of a version that a repository holds.</summary>
internal static class ManifestReader
{
    /// <summary>The manifest, or null when the version has none.</summary>
    /// <exception cref="PackageFaultException">It is garbage.</exception>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: the storage cannot be reached.</exception>
    public static async Task<StoredManifest?> TryReadAsync(IPackageRepository repository, string model, string version, CancellationToken cancellationToken)
    {
        using var stream = await repository.OpenAsync(model, version, PackageManifest.FileName, cancellationToken).ConfigureAwait(false);
        if (stream is null)
        {
            return null;
        }

        var where = $"{model}/{version}/{PackageManifest.FileName}";
        var json = await RepositoryAccess.ReachAsync(() => BoundedFile.ReadAsync(stream, BoundedFile.MaxManifest, cancellationToken), cancellationToken).ConfigureAwait(false);
        return json is null ? throw new PackageFaultException($"{where} has more than {BoundedFile.MaxManifest} bytes: it is no manifest.") : new StoredManifest(PackageManifest.Parse(json, where), json);
    }
}
