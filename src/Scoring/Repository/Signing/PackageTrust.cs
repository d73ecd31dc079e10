namespace Scoring.Repository.Signing;

/// <summary>
/// Holds versions to <see cref="ScoringOptions.TrustedKeys"/>: with any key, only a manifest that one of them signed for this model and version is followed.
/// Without keys everything is. Thread safe.
/// </summary>
public sealed class PackageTrust(IReadOnlyList<TrustedKey> keys)
{
    /// <summary>Believes every package.</summary>
    public static PackageTrust Everything { get; } = new([]);

    /// <summary>True where a version must be signed.</summary>
    public bool IsRequired => keys.Count > 0;

    /// <summary>The keys.</summary>
    public IReadOnlyList<TrustedKey> Keys => keys;

    /// <summary>Reads the signature of a version and checks it, before any of its files is.</summary>
    /// <param name="repository">Where the version is.</param>
    /// <param name="model">A valid name.</param>
    /// <param name="version">A valid number.</param>
    /// <param name="manifest">As it is stored; null when there is none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Null where nothing is required.</returns>
    /// <exception cref="PackageFaultException">It is not signed by a trusted key.</exception>
    internal async Task<SignedBy?> RequireAsync(IPackageRepository repository, string model, string version, StoredManifest? manifest, CancellationToken cancellationToken)
    {
        if (!IsRequired)
        {
            return null;
        }

        if (manifest is null)
        {
            throw Refused(model, version, "it has no manifest, so nothing that could be signed");
        }

        string? wrong = null;
        foreach (var key in keys)
        {
            if (await ManifestSignature.ReadAsync(repository, model, version, key.Id, cancellationToken).ConfigureAwait(false) is { } signature)
            {
                if (key.Verifies(manifest.Json, signature))
                {
                    RequireNames(manifest.Manifest, model, version);
                    return new SignedBy(key.Id, signature);
                }

                wrong = key.Id;
            }
        }

        throw Refused(model, version, wrong is null ? "it is not signed by a trusted key" : $"its signature by the key {wrong} does not fit its manifest, which was changed since");
    }

    /// <summary>Whether what the disk cache remembers of a version may be loaded without asking the repository.</summary>
    internal bool Accepts(CachedVersion known, string model, string version)
    {
        if (!IsRequired)
        {
            return true;
        }

        if (known is not { Manifest: { } manifest, SignedBy: { } id, Signature: { } signature } || keys.FirstOrDefault(key => key.Id == id) is not { } signer)
        {
            return false;
        }

        try
        {
            var json = Convert.FromBase64String(manifest);
            var signed = PackageManifest.Parse(json, PackageManifest.FileName);
            return signer.Verifies(json, Convert.FromBase64String(signature)) && signed.ContentHash() == known.ContentHash && signed.Model == model && signed.Version == version;
        }
        catch (Exception e) when (e is FormatException or PackageFaultException)
        {
            return false;
        }
    }

    // A good signature under another name: whoever may write to the repository could put an old or another model in a model's place.
    private static void RequireNames(PackageManifest manifest, string model, string version)
    {
        if (manifest.Model != model || manifest.Version != version)
        {
            throw Refused(model, version, $"its manifest was signed for version {manifest.Version ?? "?"} of '{manifest.Model ?? "?"}'");
        }
    }

    private static PackageFaultException Refused(string model, string version, string why) =>
        new($"Version {version} of '{model}' is not trusted: {why}. Publish it with `model publish --sign`, or sign it with `model sign`, by a key of TrustedKeys.");
}
