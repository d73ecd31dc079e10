using System.Security.Cryptography;

namespace Scoring.Repository.Signing;

/// <summary>Compares a published version with its manifest, and the manifest with its signatures, as anybody can who may read the repository.</summary>
public sealed class PackageVerifier(IPackageRepository repository)
{
    /// <summary>Reads every byte of a version.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="trust">With keys, one of them must have signed it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="PackageFaultException">It is not what its manifest says, or not signed as it must be.</exception>
    /// <exception cref="ScoringException">There is no such version, or the storage cannot be reached.</exception>
    public async Task<VerifiedPackage> VerifyAsync(string model, string version, PackageTrust trust, CancellationToken cancellationToken)
    {
        PackageNames.RequireModel(model);
        PackageNames.RequireVersion(model, version);
        var listing = await repository.ListFilesAsync(model, version, cancellationToken).ConfigureAwait(false);
        if (listing.Files.Count == 0)
        {
            throw new ScoringException(ErrorCode.VersionNotFound, $"'{model}' has no version {version}.");
        }

        var stored = await ManifestReader.TryReadAsync(repository, model, version, cancellationToken).ConfigureAwait(false)
            ?? throw Fault(model, version, $"it has no {PackageManifest.FileName}, so nothing to compare it with");
        var signed = await trust.RequireAsync(repository, model, version, stored, cancellationToken).ConfigureAwait(false);
        var named = stored.Manifest.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        if (listing.Files.FirstOrDefault(file => !named.Contains(file.Path) && !PackageManifest.IsAbout(file.Path)) is { } stray)
        {
            throw Fault(model, version, $"it holds {stray.Path}, which its manifest does not name");
        }

        foreach (var file in stored.Manifest.Files)
        {
            await CompareAsync(model, version, file, cancellationToken).ConfigureAwait(false);
        }

        return new VerifiedPackage(
            model, version, stored.Manifest.ModelSha256(), stored.Manifest.Files.Count, stored.Manifest.TotalBytes(), signed?.KeyId,
            [.. listing.Files.Select(file => ManifestSignature.KeyOf(file.Path)).OfType<string>()])
        {
            Manifest = stored.Json,
        };
    }

    /// <summary>Checks the signatures of a version, and reads nothing of it but its manifest.</summary>
    /// <exception cref="PackageFaultException">It is not signed as it must be.</exception>
    public async Task RequireSignedAsync(string model, string version, PackageTrust trust, CancellationToken cancellationToken)
    {
        var stored = await ManifestReader.TryReadAsync(repository, model, version, cancellationToken).ConfigureAwait(false);
        await trust.RequireAsync(repository, model, version, stored, cancellationToken).ConfigureAwait(false);
    }

    private async Task CompareAsync(string model, string version, PackageFile file, CancellationToken cancellationToken)
    {
        using var content = await repository.OpenAsync(model, version, file.Path, cancellationToken).ConfigureAwait(false)
            ?? throw Fault(model, version, $"it lacks {file.Path}");
        var hash = await RepositoryAccess.ReachAsync(() => SHA256.HashDataAsync(content, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
        if (Convert.ToHexStringLower(hash) != file.Sha256)
        {
            throw Fault(model, version, $"{file.Path} is altered: its sha256 is {Convert.ToHexStringLower(hash)}, expected {file.Sha256}");
        }
    }

    private static PackageFaultException Fault(string model, string version, string why) => new($"Version {version} of '{model}' is not what was published: {why}.");
}
