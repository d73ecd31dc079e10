using Azure.Storage.Blobs;

namespace Scoring.Repository;

/// <summary>Chooses the repository that the configuration names.</summary>
public static class PackageRepository
{
    /// <summary>The container of the connection <c>Storage</c> that holds packages when no repository is named.</summary>
    public const string DefaultContainer = "models";

    /// <summary>Opens a repository without reaching for it.</summary>
    /// <param name="repository">A container URI, a folder, a connection string with a container <c>models</c>, or null for the container <c>models</c> of <paramref name="storage"/>.</param>
    /// <param name="storage">The connection to use where the URI carries no signature.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: the URI is none of a container, or no storage is configured.</exception>
    public static IPackageRepository Open(string? repository, StorageConnection storage)
    {
        if (string.IsNullOrWhiteSpace(repository))
        {
            return storage.HasBlobs
                ? new BlobPackageRepository($"{storage.Identity}/{DefaultContainer}", () => storage.Blobs.GetBlobContainerClient(DefaultContainer))
                : throw new ScoringException(
                    ErrorCode.ModelUnavailable,
                    "No repository is configured: set Storage to a connection string or Storage__blobServiceUri, or Scoring__Repository to a container URI or a folder.");
        }

        if (IsConnectionString(repository))
        {
            var connection = StorageConnection.OfConnectionString(repository);
            return new BlobPackageRepository($"{connection.Identity}/{DefaultContainer}", () => connection.Blobs.GetBlobContainerClient(DefaultContainer));
        }

        if (!repository.Contains("://", StringComparison.Ordinal))
        {
            return new FolderPackageRepository(repository);
        }

        var uri = ParseContainer(repository);
        return uri.IsFile ? new FolderPackageRepository(uri.LocalPath) : new BlobPackageRepository(uri.GetLeftPart(UriPartial.Path), () => storage.Container(uri));
    }

    /// <summary>Another container beside the packages: of the connection <c>Storage</c> if there is one, else of the account that the repository names.</summary>
    /// <returns>Null when there is none: a folder without storage, or a URI whose signature is good for one container only.</returns>
    internal static Func<BlobContainerClient>? Companion(string? repository, StorageConnection storage, string container)
    {
        if (storage.HasBlobs)
        {
            return () => storage.Blobs.GetBlobContainerClient(container);
        }

        if (string.IsNullOrWhiteSpace(repository) || IsFolder(repository))
        {
            return null;
        }

        if (IsConnectionString(repository))
        {
            return () => StorageConnection.OfConnectionString(repository).Blobs.GetBlobContainerClient(container);
        }

        var uri = ParseContainer(repository);
        return uri.Query.Length > 0 ? null : () => storage.Container(new BlobUriBuilder(uri) { BlobContainerName = container }.ToUri());
    }

    /// <summary>True for what <see cref="Open"/> takes as a folder.</summary>
    public static bool IsFolder(string? repository) =>
        !string.IsNullOrWhiteSpace(repository)
        && !IsConnectionString(repository)
        && (!repository.Contains("://", StringComparison.Ordinal) || repository.StartsWith("file://", StringComparison.OrdinalIgnoreCase));

    /// <summary>The path of what <see cref="IsFolder"/> says is a folder.</summary>
    internal static string FolderOf(string repository) => repository.Contains("://", StringComparison.Ordinal) ? ParseContainer(repository).LocalPath : repository;

    private static bool IsConnectionString(string repository) =>
        repository.Contains("UseDevelopmentStorage=", StringComparison.OrdinalIgnoreCase)
        || repository.Contains("AccountName=", StringComparison.OrdinalIgnoreCase)
        || repository.Contains("BlobEndpoint=", StringComparison.OrdinalIgnoreCase);

    private static Uri ParseContainer(string repository) =>
        Uri.TryCreate(repository, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" or "file" && uri.AbsolutePath.Length > 1
            ? uri
            : throw new ScoringException(
                ErrorCode.ModelUnavailable,
                $"The repository '{repository.Split('?')[0]}' is neither a folder nor the URI of a container such as https://account.blob.core.windows.net/models.");
}
