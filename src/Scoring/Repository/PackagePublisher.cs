using Scoring.Repository.Signing;

namespace Scoring.Repository;

/// <summary>
/// Publishes versions and moves live pointers. A version is uploaded completely before the pointer moves, and the pointer moves only if nobody else
/// moved it since this publisher looked: of two at once, one wins and the other is told.
/// </summary>
public sealed class PackagePublisher(IPackageRepository repository)
{
    private const int NumberTries = 5;

    /// <summary>The key to sign with; null to publish unsigned. The caller disposes of it.</summary>
    public SigningKey? SignWith { get; init; }

    /// <summary>Who does it, for the model's history. Default: the user and the machine.</summary>
    public string By { get; init; } = ModelHistory.Somebody;

    /// <summary>Why, for the model's history; null for no reason.</summary>
    public string? Why { get; init; }

    /// <summary>The clock of the history.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Publishes a folder as a version. Content that is live already, or is the newest version, is not uploaded again.</summary>
    /// <param name="directory">A folder with <c>model.onnx</c> and what belongs to it.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The number to give it; null for the next one.</param>
    /// <param name="makeLive">False to upload only.</param>
    /// <param name="cancellationToken">Ends the publish; the live pointer has then not moved.</param>
    /// <exception cref="PackageFaultException">The folder is no package.</exception>
    /// <exception cref="RepositoryConflictException">The version exists with other content, or the pointer was moved meanwhile.</exception>
    /// <exception cref="ScoringException">The name or number is not valid, or the storage cannot be reached.</exception>
    public async Task<PublishResult> PublishAsync(string directory, string model, string? version, bool makeLive, CancellationToken cancellationToken)
    {
        RequireValid(model, version);
        var manifest = PackageVerification.Hash(directory);
        await repository.EnsureExistsAsync(cancellationToken).ConfigureAwait(false);
        var live = await TryReadLiveAsync(model, cancellationToken).ConfigureAwait(false);

        // 1. The content may be there already.
        var existing = await FindAsync(model, version, live?.Pointer.Version, manifest, cancellationToken).ConfigureAwait(false);
        if (!makeLive && existing is null)
        {
            await PinAsync(model, live, cancellationToken).ConfigureAwait(false);
        }

        // 2. Upload it whole; what is there already is only signed.
        if (existing is not null && SignWith is not null)
        {
            await SignAsync(model, existing, SignWith, stored => stored.Manifest.ContentHash() == manifest.ContentHash(), cancellationToken).ConfigureAwait(false);
        }

        var published = existing ?? await UploadAsNextAsync(directory, model, version, manifest, cancellationToken).ConfigureAwait(false);
        if (existing is null)
        {
            await RecordAsync(model, HistoryEntry.Published, published, null, cancellationToken).ConfigureAwait(false);
        }

        // 3. Move the pointer.
        var previous = live?.Pointer.Version;
        if (makeLive && previous != published)
        {
            var pointer = live?.Pointer.MovedTo(published) ?? new LivePointer(published);
            await repository.MoveLiveAsync(model, pointer, live?.Tag, cancellationToken).ConfigureAwait(false);
            await RecordAsync(model, HistoryEntry.Live, published, previous, cancellationToken).ConfigureAwait(false);
        }

        return new PublishResult(model, published, manifest, existing is null, makeLive || previous == published, previous == published ? null : previous);
    }

    /// <summary>The version that holds a folder's content already: the one asked for, else the live or the newest one.</summary>
    /// <returns>Null when a publish would upload.</returns>
    /// <exception cref="PackageFaultException">The folder is no package.</exception>
    /// <exception cref="ScoringException">The name or number is not valid, or the storage cannot be reached.</exception>
    public async Task<string?> FindAsync(string directory, string model, string? version, CancellationToken cancellationToken)
    {
        RequireValid(model, version);
        var live = await TryReadLiveAsync(model, cancellationToken).ConfigureAwait(false);
        return await FindAsync(model, version, live?.Pointer.Version, PackageVerification.Hash(directory), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a version live. One that is live already gets a new pointer all the same, which makes a server that refused it look again.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.VersionNotFound"/>, or the storage cannot be reached.</exception>
    /// <exception cref="RepositoryConflictException">The pointer was moved meanwhile.</exception>
    public async Task<LiveChange> GoLiveAsync(string model, string version, CancellationToken cancellationToken)
    {
        PackageNames.RequireModel(model);
        PackageNames.RequireVersion(model, version);
        var live = await TryReadLiveAsync(model, cancellationToken).ConfigureAwait(false);
        var listing = await repository.ListFilesAsync(model, version, cancellationToken).ConfigureAwait(false);
        if (!listing.IsComplete)
        {
            throw new ScoringException(
                ErrorCode.VersionNotFound,
                listing.Files.Count == 0 ? $"'{model}' has no version {version}." : $"Version {version} of '{model}' is only half uploaded.");
        }

        var pointer = live?.Pointer.MovedTo(version) ?? new LivePointer(version);
        await repository.MoveLiveAsync(model, pointer, live?.Tag, cancellationToken).ConfigureAwait(false);
        await RecordAsync(model, HistoryEntry.Live, version, live?.Pointer.Version, cancellationToken).ConfigureAwait(false);
        return new LiveChange(model, live?.Pointer.Version, version);
    }

    /// <summary>The content hash of a published version.</summary>
    /// <returns>Null when there is no such version, or no telling without downloading it: it was copied into a container by hand.</returns>
    /// <exception cref="PackageFaultException">Its manifest is garbage.</exception>
    public async Task<string?> ContentHashAsync(string model, string version, CancellationToken cancellationToken)
    {
        RequireValid(model, version);
        var manifest = (await ManifestReader.TryReadAsync(repository, model, version, cancellationToken).ConfigureAwait(false))?.Manifest;
        if (manifest is null && repository.LocalFolder(model, version) is { } local && Directory.Exists(local))
        {
            manifest = PackageVerification.Hash(local);
        }

        return manifest?.ContentHash();
    }

    /// <summary>Signs a version that is there: its manifest as it is stored, which names every file by its hash. The content is not looked at.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.VersionNotFound"/>: there is no such version.</exception>
    /// <exception cref="PackageFaultException">It has no manifest, or one that does not say which version it is.</exception>
    public Task SignAsync(string model, string version, SigningKey key, CancellationToken cancellationToken) => SignAsync(model, version, key, static _ => true, cancellationToken);

    /// <summary>Signs a version whose manifest is still the one that was looked at.</summary>
    /// <inheritdoc cref="SignAsync(string, string, SigningKey, CancellationToken)"/>
    internal async Task SignAsync(string model, string version, SigningKey key, Predicate<StoredManifest> isTheOne, CancellationToken cancellationToken)
    {
        RequireValid(model, version);
        var stored = await ManifestReader.TryReadAsync(repository, model, version, cancellationToken).ConfigureAwait(false)
            ?? throw ((await repository.ListFilesAsync(model, version, cancellationToken).ConfigureAwait(false)).Files.Count == 0
                ? new ScoringException(ErrorCode.VersionNotFound, $"'{model}' has no version {version}.")
                : new PackageFaultException($"Version {version} of '{model}' was copied by hand and has no {PackageManifest.FileName}: publish it, with --sign."));
        if (!isTheOne(stored))
        {
            throw new PackageFaultException($"The {PackageManifest.FileName} of version {version} of '{model}' was changed while it was looked at, so it is not signed.");
        }

        if (!IsOf(stored.Manifest, model, version))
        {
            throw new PackageFaultException($"The {PackageManifest.FileName} of version {version} of '{model}' does not say that it is of this version, so a signature would hold good for any: publish it anew, with --sign.");
        }

        await UploadSignatureAsync(model, version, stored.Json, key, cancellationToken).ConfigureAwait(false);
        await RecordAsync(model, HistoryEntry.Signed, version, null, cancellationToken, key).ConfigureAwait(false);
    }

    /// <summary>Makes the version live that was live before, or the next lower one where no history says.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelNotFound"/> or <see cref="ErrorCode.VersionNotFound"/>: there is nothing to go back to.</exception>
    /// <exception cref="RepositoryConflictException">The pointer was moved meanwhile.</exception>
    /// <exception cref="RolloutException">A rollout is under way, which is to be ended first.</exception>
    public async Task<LiveChange> RollBackAsync(string model, CancellationToken cancellationToken)
    {
        PackageNames.RequireModel(model);
        var live = await TryReadLiveAsync(model, cancellationToken).ConfigureAwait(false);
        if (live?.Pointer.Version is not { } current)
        {
            throw new ScoringException(ErrorCode.ModelNotFound, $"'{model}' has no live version to roll back from.");
        }

        if (live.Pointer.Rollout is { } rollout)
        {
            // Who is in a hurry wants to be rid of the candidate, and not of the version that it was to replace.
            throw new RolloutException($"Version {string.Join(", ", rollout.Arms.Select(arm => arm.Version))} of '{model}' is being rolled out beside version {current}. To end that: model rollout abort {model}. To go back further, do so after it.");
        }

        var versions = await repository.ListVersionsAsync(model, withIncomplete: false, cancellationToken).ConfigureAwait(false);
        var history = live.Pointer.History ?? [];
        var target = history.FirstOrDefault(v => versions.Contains(v))
            ?? versions.LastOrDefault(v => PackageNames.NumberOf(v) < PackageNames.NumberOf(current))
            ?? throw new ScoringException(ErrorCode.VersionNotFound, $"'{model}' has no version before {current} to roll back to.");
        var older = history.SkipWhile(v => v != target).Skip(1).ToList();
        var pointer = new LivePointer(target, older.Count > 0 ? older : null);
        await repository.MoveLiveAsync(model, pointer, live.Tag, cancellationToken).ConfigureAwait(false);
        await RecordAsync(model, HistoryEntry.RolledBack, target, current, cancellationToken).ConfigureAwait(false);
        return new LiveChange(model, current, target);
    }

    private Task RecordAsync(string model, string action, string version, string? from, CancellationToken cancellationToken, SigningKey? key = null)
    {
        var signer = key ?? (action == HistoryEntry.Published ? SignWith : null);
        return new ModelHistory(repository, By, Why, Time).RecordAsync(model, action, version, from, signer?.Public.Id, what: null, cancellationToken);
    }

    private static void RequireValid(string model, string? version)
    {
        PackageNames.RequireModel(model);
        if (version is not null)
        {
            PackageNames.RequireVersion(model, version);
        }
    }

    private async Task<LiveState?> TryReadLiveAsync(string model, CancellationToken cancellationToken) =>
        (await repository.ReadLiveAsync(model, null, cancellationToken).ConfigureAwait(false)).State;

    private async Task<string?> FindAsync(string model, string? asked, string? live, PackageManifest manifest, CancellationToken cancellationToken)
    {
        var versions = await repository.ListVersionsAsync(model, withIncomplete: false, cancellationToken).ConfigureAwait(false);
        var newest = versions.Count > 0 ? versions[^1] : null;
        string?[] candidates = asked is null ? [live, newest] : [asked];
        foreach (var version in candidates)
        {
            if (version is not null && await HasContentAsync(model, version, manifest, cancellationToken).ConfigureAwait(false))
            {
                return version;
            }
        }

        return null;
    }

    private async Task<bool> HasContentAsync(string model, string version, PackageManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            return await ContentHashAsync(model, version, cancellationToken).ConfigureAwait(false) == manifest.ContentHash()
                && (SignWith is null || await CanBeSignedAsync(model, version, cancellationToken).ConfigureAwait(false));
        }
        catch (PackageFaultException)
        {
            return false;
        }
    }

    private async Task<bool> CanBeSignedAsync(string model, string version, CancellationToken cancellationToken) =>
        await ManifestReader.TryReadAsync(repository, model, version, cancellationToken).ConfigureAwait(false) is { } stored && IsOf(stored.Manifest, model, version);

    private static bool IsOf(PackageManifest manifest, string model, string version) => manifest.Model == model && manifest.Version == version;

    // Where the highest version is live without a pointer, an upload alone would go live: say first what is live now.
    private async Task PinAsync(string model, LiveState? live, CancellationToken cancellationToken)
    {
        if (repository.LocalFolder(model, "1") is not null)
        {
            await repository.MoveLiveAsync(model, live?.Pointer ?? new LivePointer(null), live?.Tag, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string> UploadAsNextAsync(string directory, string model, string? version, PackageManifest manifest, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var number = version ?? await NextAsync(model, cancellationToken).ConfigureAwait(false);
            try
            {
                await UploadAsync(directory, model, number, manifest, cancellationToken).ConfigureAwait(false);
                return number;
            }
            catch (RepositoryConflictException) when (version is null && attempt < NumberTries)
            {
                // Another publisher took the number between the listing and the first upload.
            }
        }
    }

    private async Task UploadAsync(string directory, string model, string version, PackageManifest manifest, CancellationToken cancellationToken)
    {
        // The model last of all files and the manifest after it: whoever sees either sees everything before, the signature too.
        var named = (manifest with { Model = model, Version = version, Signer = SignWith?.Public.Id }).ToJson();
        if (SignWith is not null)
        {
            await UploadSignatureAsync(model, version, named, SignWith, cancellationToken).ConfigureAwait(false);
        }

        foreach (var file in manifest.Files.OrderBy(f => ModelPackage.IsModel(f.Path)))
        {
            using var content = File.OpenRead(Path.Combine(directory, file.Path));
            await repository.CreateFileAsync(model, version, file.Path, content, cancellationToken).ConfigureAwait(false);
        }

        using var json = new MemoryStream(named);
        await repository.CreateFileAsync(model, version, PackageManifest.FileName, json, cancellationToken).ConfigureAwait(false);
    }

    private async Task UploadSignatureAsync(string model, string version, byte[] manifest, SigningKey key, CancellationToken cancellationToken)
    {
        // No two signatures of one content are alike: one that is there and good stays.
        if (await ManifestSignature.ReadAsync(repository, model, version, key.Public.Id, cancellationToken).ConfigureAwait(false) is { } there && key.Public.Verifies(manifest, there))
        {
            return;
        }

        using var signature = new MemoryStream(key.Sign(manifest));
        await repository.CreateFileAsync(model, version, ManifestSignature.FileOf(key.Public.Id), signature, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> NextAsync(string model, CancellationToken cancellationToken)
    {
        var versions = await repository.ListVersionsAsync(model, withIncomplete: true, cancellationToken).ConfigureAwait(false);
        return (versions.Select(v => PackageNames.NumberOf(v)).DefaultIfEmpty().Max() + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
