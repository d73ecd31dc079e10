using Microsoft.Extensions.Logging;
using Scoring.Repository.Signing;

namespace Scoring.Repository;

/// <summary>
/// Brings versions from a repository to the local disk. Content that the disk has is not fetched again; where no disk takes a package,
/// one of a folder repository is used in place, unless it has to be signed. Thread safe; callers see to it that one version is fetched once at a time.
/// </summary>
public sealed partial class PackageCache(IPackageRepository repository, CacheFolder folder, CachedPackages packages, PackageTrust trust, TimeProvider time, ILogger<PackageCache> log)
{
    private readonly string repositoryKey = CacheKey.Of(repository.Identity);

    /// <summary>Where the packages come from.</summary>
    public IPackageRepository Repository => repository;

    /// <summary>Brings a version to the local disk.</summary>
    /// <param name="model">A valid name.</param>
    /// <param name="version">A valid number.</param>
    /// <param name="from">Where to look.</param>
    /// <param name="cancellationToken">Ends the fetch.</param>
    /// <returns>Null when there is no such version there.</returns>
    /// <exception cref="PackageFaultException">The version is incomplete, cut short or altered.</exception>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: the storage cannot be reached, or no disk takes the package.</exception>
    public async Task<FetchedPackage?> FetchAsync(string model, string version, FetchFrom from, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var known = Recall(model, version);
        if (from != FetchFrom.Repository && known is not null && trust.Accepts(known, model, version) && packages.Find(known.ContentHash) is { } warm)
        {
            var package = Package(model, version, warm.Manifest, warm.Directory, known);
            return new FetchedPackage(package, TimeSpan.Zero, time.GetElapsedTime(started), FromCache: true);
        }

        if (from == FetchFrom.Cache)
        {
            return null;
        }

        // 1. Which content is the version? A manifest says so; without one the listing at least says whether it changed.
        var stored = await ManifestReader.TryReadAsync(repository, model, version, cancellationToken).ConfigureAwait(false);
        var manifest = stored?.Manifest;
        var listing = manifest is null ? await repository.ListFilesAsync(model, version, cancellationToken).ConfigureAwait(false) : null;
        if (listing is { Files.Count: 0 })
        {
            return null;
        }

        if (listing is { IsComplete: false })
        {
            throw new PackageFaultException($"Version {version} of '{model}' is incomplete: it has no {ModelPackage.ModelFile} or {ModelPackage.OrtFile} yet.");
        }

        // 2. Is it signed, where it must be?
        var signed = await trust.RequireAsync(repository, model, version, stored, cancellationToken).ConfigureAwait(false);
        var source = $"{repository.Location}/{model}/{version}";
        var tag = listing?.Tag() ?? "";
        var hash = manifest?.ContentHash() ?? (known?.ListingTag == tag ? known.ContentHash : null);
        var asked = time.GetElapsedTime(started);

        // 3. Does the disk have that content?
        if (hash is not null && packages.Find(hash) is { } cached)
        {
            var same = Entry(hash, source, tag, stored, signed);
            Remember(model, version, same);
            var package = Package(model, version, cached.Manifest, cached.Directory, same);
            return new FetchedPackage(package, asked, time.GetElapsedTime(started) - asked, FromCache: true);
        }

        // 4. Fetch it.
        var entry = Entry("", source, tag, stored, signed);
        var fetched = await FetchAsync(model, version, manifest, listing, entry, cancellationToken).ConfigureAwait(false);
        Remember(model, version, entry with { ContentHash = fetched.ContentHash });
        return new FetchedPackage(fetched, time.GetElapsedTime(started), TimeSpan.Zero, FromCache: false);
    }

    /// <summary>Deletes the packages used longest ago until the disk cache fits its limit.</summary>
    /// <param name="isInUse">Says whether this process serves a content hash.</param>
    public void Trim(Predicate<string> isInUse) => packages.Trim(isInUse);

    private async Task<ModelPackage> FetchAsync(
        string model, string version, PackageManifest? manifest, PackageListing? listing, CachedVersion entry, CancellationToken cancellationToken)
    {
        try
        {
            var (directory, complete) = await packages.AddAsync(async target =>
            {
                var expected = manifest?.Files ?? listing!.Unhashed();
                var found = await PackageDownload.RunAsync(repository, model, version, expected, target, cancellationToken).ConfigureAwait(false);
                if (listing is not null)
                {
                    await RequireUnchangedAsync(model, version, listing, cancellationToken).ConfigureAwait(false);
                }

                return found;
            }).ConfigureAwait(false);
            var package = Package(model, version, complete, directory, entry);
            LogFetched(model, version, package.Bytes, package.ContentHash);
            return package;
        }
        catch (IOException e)
        {
            return await UseInPlaceAsync(model, version, manifest, entry, e, cancellationToken).ConfigureAwait(false)
                ?? throw new ScoringException(ErrorCode.ModelUnavailable, $"No disk takes version {version} of '{model}': {e.Message}", e);
        }
    }

    private async Task RequireUnchangedAsync(string model, string version, PackageListing listing, CancellationToken cancellationToken)
    {
        var now = await repository.ListFilesAsync(model, version, cancellationToken).ConfigureAwait(false);
        if (now.Tag() != listing.Tag())
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"Version {version} of '{model}' is still being written.");
        }
    }

    private async Task<ModelPackage?> UseInPlaceAsync(string model, string version, PackageManifest? manifest, CachedVersion entry, IOException fault, CancellationToken cancellationToken)
    {
        if (repository.LocalFolder(model, version) is not { } directory)
        {
            return null;
        }

        if (trust.IsRequired)
        {
            throw new ScoringException(
                ErrorCode.ModelUnavailable,
                $"No disk takes version {version} of '{model}', and where keys are trusted none is used where it lies: it could be changed after it was checked. Make room for the disk cache (CacheDirectory).",
                fault);
        }

        var found = await Task.Run(() => PackageVerification.Hash(directory, isWhole: true), cancellationToken).ConfigureAwait(false);
        if (manifest is not null && manifest.ContentHash() != found.ContentHash())
        {
            throw new PackageFaultException($"Version {version} of '{model}' is not what its {PackageManifest.FileName} says.");
        }

        return Package(model, version, found, directory, entry);
    }

    private static ModelPackage Package(string model, string version, PackageManifest manifest, string directory, CachedVersion entry) =>
        new(model, version, manifest.ModelSha256(), directory, entry.Source)
        {
            ContentHash = manifest.ContentHash(),
            Bytes = manifest.TotalBytes(),
            SignedBy = entry.SecondBy is { } second ? $"{entry.SignedBy}, {second}" : entry.SignedBy,
            Signer = entry.Signer,
        };

    private static CachedVersion Entry(string contentHash, string source, string tag, StoredManifest? stored, SignedBy? signed) =>
        new(contentHash, source, tag)
        {
            Manifest = signed is null ? null : Convert.ToBase64String(stored!.Json),
            SignedBy = signed?.KeyId,
            Signature = signed is null ? null : Convert.ToBase64String(signed.Signature),
            SecondBy = signed?.Second?.KeyId,
            SecondSignature = signed?.Second is { } second ? Convert.ToBase64String(second.Signature) : null,
            Signer = stored?.Manifest.Signer,
        };

    private CachedVersion? Recall(string model, string version) => CachedVersion.Read(folder.TryReadRecord(IndexPath(model, version)));

    private void Remember(string model, string version, CachedVersion entry)
    {
        if (entry != Recall(model, version))
        {
            folder.TryWriteRecord(IndexPath(model, version), entry.ToJson());
        }
    }

    private string IndexPath(string model, string version) => Path.Combine("index", repositoryKey, model, $"{version}.json");

    [LoggerMessage(EventId = 2010, Level = LogLevel.Information, Message = "Fetched {Model} version {Version}, {Bytes} bytes, content {ContentHash}")]
    private partial void LogFetched(string model, string version, long bytes, string contentHash);
}
