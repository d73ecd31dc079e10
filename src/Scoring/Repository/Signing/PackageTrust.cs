namespace Scoring.Repository.Signing;

/// <summary>
/// Holds versions to <see cref="ScoringOptions.TrustedKeys"/>: with any key, only a manifest that one of them signed for this model and version is followed.
/// Without keys everything is. Models of <see cref="ScoringOptions.TwoSignatures"/> need the signatures of two of them. Thread safe.
/// </summary>
public sealed class PackageTrust(IReadOnlyList<TrustedKey> keys, IReadOnlyList<string>? twoFor = null)
{
    /// <summary>Stands for every model in <see cref="ScoringOptions.TwoSignatures"/>.</summary>
    public const string EveryModel = "*";

    /// <summary>Believes every package.</summary>
    public static PackageTrust Everything { get; } = new([]);

    /// <summary>True where a version must be signed.</summary>
    public bool IsRequired => keys.Count > 0;

    /// <summary>Whether a version of the model must be signed by two of the keys.</summary>
    public bool NeedsTwo(string model) => twoFor is not null && (twoFor.Contains(model) || twoFor.Contains(EveryModel));

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
        SignedBy? first = null;
        foreach (var key in keys)
        {
            // A key that is trusted twice is one key all the same.
            if (key.Id != first?.KeyId && await ManifestSignature.ReadAsync(repository, model, version, key.Id, cancellationToken).ConfigureAwait(false) is { } signature)
            {
                if (key.Verifies(manifest.Json, signature))
                {
                    RequireNames(manifest.Manifest, model, version);
                    var signed = new SignedBy(key.Id, signature);
                    if (first is not null || !NeedsTwo(model))
                    {
                        return first is null ? signed : first with { Second = signed };
                    }

                    first = signed;
                    continue;
                }

                wrong = key.Id;
            }
        }

        if (first is not null && wrong is null)
        {
            throw Refused(model, version, $"only the key {first.KeyId} signed it, and this model needs the signature of a second (TwoSignatures)");
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

        TrustedKey? second = null;
        if (NeedsTwo(model) && (known.SecondBy == id || (second = keys.FirstOrDefault(key => key.Id == known.SecondBy)) is null || known.SecondSignature is null))
        {
            return false;
        }

        try
        {
            var json = Convert.FromBase64String(manifest);
            var signed = PackageManifest.Parse(json, PackageManifest.FileName);
            return signer.Verifies(json, Convert.FromBase64String(signature)) && (second is null || second.Verifies(json, Convert.FromBase64String(known.SecondSignature!))) && signed.ContentHash() == known.ContentHash && signed.Model == model && signed.Version == version;
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
