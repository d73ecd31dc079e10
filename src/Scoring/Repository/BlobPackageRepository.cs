using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Scoring.Repository;

/// <summary>Packages in a blob container. A version is created blob by blob with the condition that none exists, so it never changes.</summary>
public sealed class BlobPackageRepository : IPackageRepository
{
    private const string HashMetadata = "sha256";

    private readonly Lazy<BlobContainerClient> container;

    /// <summary>Takes the container's factory rather than the container: making a client costs a cold start time that a warm cache saves.</summary>
    public BlobPackageRepository(string identity, Func<BlobContainerClient> container)
    {
        Identity = identity;
        this.container = new(container, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <inheritdoc />
    public string Identity { get; }

    /// <inheritdoc />
    public string Location => Container.Uri.GetLeftPart(UriPartial.Path);

    private BlobContainerClient Container => container.Value;

    /// <inheritdoc />
    public async Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken)
    {
        var folders = await ListFoldersAsync("", cancellationToken).ConfigureAwait(false);
        return [.. folders.Where(f => PackageNames.IsModel(f)).Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<string>> ListVersionsAsync(string model, bool withIncomplete, CancellationToken cancellationToken)
    {
        var versions = await RepositoryAccess.ReachAsync(
            async () =>
            {
                var found = new HashSet<string>();
                var prefix = model + "/";
                await foreach (var name in ListNamesAsync(prefix, cancellationToken).ConfigureAwait(false))
                {
                    var rest = name.AsSpan(prefix.Length);
                    var slash = rest.IndexOf('/');
                    if (slash > 0 && PackageNames.IsVersion(rest[..slash]) && (withIncomplete || rest[(slash + 1)..] is ModelPackage.ModelFile or ModelPackage.OrtFile or PackageManifest.FileName))
                    {
                        found.Add(rest[..slash].ToString());
                    }
                }

                return found;
            },
            cancellationToken).ConfigureAwait(false);
        return [.. versions.OrderBy(v => PackageNames.NumberOf(v))];
    }

    /// <inheritdoc />
    public Task<LiveRead> ReadLiveAsync(string model, string? knownTag, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(
            async () =>
            {
                var blob = Container.GetBlobClient($"{model}/{LivePointer.FileName}");
                var options = new BlobDownloadOptions { Conditions = knownTag is null ? null : new BlobRequestConditions { IfNoneMatch = new ETag(knownTag) } };
                try
                {
                    var answer = await blob.DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false);
                    if (answer.GetRawResponse().Status == 304)
                    {
                        return LiveRead.Unchanged;
                    }

                    using var content = answer.Value;
                    var details = content.Details;
                    var json = await BoundedFile.ReadAsync(content.Content, BoundedFile.MaxPointer, cancellationToken).ConfigureAwait(false);
                    var pointer = LivePointer.Parse(json, $"{model}/{LivePointer.FileName}");
                    return new LiveRead(false, new LiveState(pointer, details.ETag.ToString(), details.LastModified));
                }
                catch (RequestFailedException e) when (e.Status == 304)
                {
                    return LiveRead.Unchanged;
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    return LiveRead.Absent;
                }
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<PackageListing> ListFilesAsync(string model, string version, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(
            async () =>
            {
                var prefix = $"{model}/{version}/";
                var files = new List<ListedFile>();
                try
                {
                    await foreach (var blob in Container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken).ConfigureAwait(false))
                    {
                        var path = blob.Name[prefix.Length..];
                        if (PackageNames.IsPath(path))
                        {
                            files.Add(new ListedFile(path, blob.Properties.ContentLength ?? 0, blob.Properties.ETag?.ToString() ?? ""));
                        }
                    }
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    // No container yet: no files either.
                }

                return new PackageListing(files);
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<Stream?> OpenAsync(string model, string version, string path, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(
            async () =>
            {
                try
                {
                    var blob = await Blob(model, version, path).DownloadStreamingAsync(new BlobDownloadOptions(), cancellationToken).ConfigureAwait(false);
                    return blob.Value.Content;
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    return null;
                }
            },
            cancellationToken);

    /// <inheritdoc />
    public string? LocalFolder(string model, string version) => null;

    /// <inheritdoc />
    public Task EnsureExistsAsync(CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(
            async () => await Container.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false),
            cancellationToken);

    /// <inheritdoc />
    public Task CreateFileAsync(string model, string version, string path, Stream content, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync<object?>(
            async () =>
            {
                var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));
                content.Position = 0;
                var options = new BlobUploadOptions
                {
                    Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                    Metadata = new Dictionary<string, string> { [HashMetadata] = hash },
                };
                try
                {
                    await Blob(model, version, path).UploadAsync(content, options, cancellationToken).ConfigureAwait(false);
                }
                catch (RequestFailedException e) when (e.Status is 409 or 412)
                {
                    if (await HashOfAsync(Blob(model, version, path), cancellationToken).ConfigureAwait(false) != hash)
                    {
                        throw new RepositoryConflictException($"Version {version} of '{model}' has another {path} already, and versions never change: choose another number.", e);
                    }
                }

                return null;
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<string> MoveLiveAsync(string model, LivePointer pointer, string? expectedTag, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(
            async () =>
            {
                var conditions = expectedTag is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : new BlobRequestConditions { IfMatch = new ETag(expectedTag) };
                var options = new BlobUploadOptions { Conditions = conditions, HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" } };
                try
                {
                    var blob = Container.GetBlobClient($"{model}/{LivePointer.FileName}");
                    var answer = await blob.UploadAsync(new BinaryData(pointer.ToJson()), options, cancellationToken).ConfigureAwait(false);
                    return answer.Value.ETag.ToString();
                }
                catch (RequestFailedException e) when (e.Status is 409 or 412)
                {
                    throw new RepositoryConflictException($"The live pointer of '{model}' was moved by someone else meanwhile, and is left as they set it.", e);
                }
            },
            cancellationToken);

    /// <inheritdoc />
    public Task AppendHistoryAsync(string model, HistoryEntry entry, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync<object?>(
            async () =>
            {
                var blob = Container.GetAppendBlobClient($"{model}/{HistoryEntry.FileName}");
                using var line = new MemoryStream(entry.ToLine());
                try
                {
                    await blob.AppendBlockAsync(line, cancellationToken: cancellationToken).ConfigureAwait(false);
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    await blob.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                    line.Position = 0;
                    await blob.AppendBlockAsync(line, cancellationToken: cancellationToken).ConfigureAwait(false);
                }

                return null;
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<HistoryEntry>> ReadHistoryAsync(string model, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync<IReadOnlyList<HistoryEntry>>(
            async () =>
            {
                var blob = Container.GetBlobClient($"{model}/{HistoryEntry.FileName}");
                try
                {
                    var length = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value.ContentLength;
                    if (length == 0)
                    {
                        return [];
                    }

                    var range = new HttpRange(Math.Max(0, length - HistoryEntry.MaxRead), Math.Min(length, HistoryEntry.MaxRead));
                    var end = await blob.DownloadContentAsync(new BlobDownloadOptions { Range = range }, cancellationToken).ConfigureAwait(false);
                    return HistoryEntry.ReadAll(end.Value.Content.ToMemory().Span);
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    return [];
                }
            },
            cancellationToken);

    private static async Task<string> HashOfAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        var properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        if (properties.Value.Metadata.TryGetValue(HashMetadata, out var known))
        {
            return known;
        }

        using var content = await blob.OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken).ConfigureAwait(false);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));
    }

    private BlobClient Blob(string model, string version, string path) => Container.GetBlobClient($"{model}/{version}/{path}");

    private Task<List<string>> ListFoldersAsync(string prefix, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(
            async () =>
            {
                var folders = new List<string>();
                try
                {
                    await foreach (var item in Container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", prefix, cancellationToken).ConfigureAwait(false))
                    {
                        if (item.IsPrefix)
                        {
                            folders.Add(item.Prefix[prefix.Length..^1]);
                        }
                    }
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    // No container yet: nothing in it either.
                }

                return folders;
            },
            cancellationToken);

    private async IAsyncEnumerable<string> ListNamesAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var pages = Container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await pages.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                yield break;
            }

            yield return pages.Current.Name;
        }
    }
}
