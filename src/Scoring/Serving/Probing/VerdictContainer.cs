using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Logging;
using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>
/// The container <c>verdicts</c>, the only one that serving writes. It saves work and protects: while it cannot be reached, the disk cache alone does, and
/// no load fails for it. Thread safe.
/// </summary>
internal sealed partial class VerdictContainer(Func<BlobContainerClient>? open, TimeProvider time, ILogger<VerdictContainer> log)
{
    /// <summary>The container's name.</summary>
    public const string Name = "verdicts";

    // A first request waits for this; a verdict that comes later costs a probe.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Lazy<BlobContainerClient>? container = open is null ? null : new(open, LazyThreadSafetyMode.PublicationOnly);
    private int isOutageLogged;

    /// <summary>False where the app has no storage, and nothing can be kept in it.</summary>
    public bool IsThere => container is not null;

    /// <summary>Creates a blob unless one is there, making the container if it is missing.</summary>
    /// <returns>True where one is there now, whoever created it; false when the container cannot be reached or written.</returns>
    public async Task<bool> CreateAsync(string path, byte[] content, CancellationToken cancellationToken) =>
        await TryAsync(
            async (blobs, token) =>
            {
                try
                {
                    var options = new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
                    try
                    {
                        await blobs.GetBlobClient(path).UploadAsync(new BinaryData(content), options, token).ConfigureAwait(false);
                    }
                    catch (RequestFailedException e) when (e.Status == 404)
                    {
                        await blobs.CreateIfNotExistsAsync(cancellationToken: token).ConfigureAwait(false);
                        await blobs.GetBlobClient(path).UploadAsync(new BinaryData(content), options, token).ConfigureAwait(false);
                    }
                }
                catch (RequestFailedException e) when (e.Status is 409 or 412)
                {
                    // Another instance was first, and its record stays.
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);

    /// <summary>Reads a blob; null when there is none or the container cannot be reached.</summary>
    public Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) =>
        TryAsync(
            async (blobs, token) =>
            {
                try
                {
                    return (await blobs.GetBlobClient(path).DownloadContentAsync(token).ConfigureAwait(false)).Value.Content.ToArray();
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    return null;
                }
            },
            cancellationToken);

    /// <summary>Writes a blob, making the container if it is missing.</summary>
    /// <returns>False when the container cannot be reached or written.</returns>
    public async Task<bool> WriteAsync(string path, byte[] content, CancellationToken cancellationToken) =>
        await TryAsync(
            async (blobs, token) =>
            {
                try
                {
                    await blobs.GetBlobClient(path).UploadAsync(new BinaryData(content), overwrite: true, token).ConfigureAwait(false);
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    await blobs.CreateIfNotExistsAsync(cancellationToken: token).ConfigureAwait(false);
                    await blobs.GetBlobClient(path).UploadAsync(new BinaryData(content), overwrite: true, token).ConfigureAwait(false);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);

    /// <summary>Deletes a blob if it is there.</summary>
    public Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        TryAsync(
            async (blobs, token) =>
            {
                try
                {
                    return (await blobs.GetBlobClient(path).DeleteIfExistsAsync(cancellationToken: token).ConfigureAwait(false)).Value;
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    return false;
                }
            },
            cancellationToken);

    /// <summary>The paths under a prefix; empty when the container cannot be reached.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        await TryAsync(
            async (blobs, token) =>
            {
                var paths = new List<string>();
                try
                {
                    await foreach (var blob in blobs.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, token).ConfigureAwait(false))
                    {
                        paths.Add(blob.Name);
                    }
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    // No verdict yet.
                }

                return paths;
            },
            cancellationToken).ConfigureAwait(false) ?? [];

    private async Task<T?> TryAsync<T>(Func<BlobContainerClient, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        if (container is null)
        {
            return default;
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await call(container.Value, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (RepositoryAccess.IsOutage(e) && !cancellationToken.IsCancellationRequested)
        {
            if (Interlocked.Exchange(ref isOutageLogged, 1) == 0)
            {
                LogOutage(Cause.Trace(e), Name, Cause.Of(e));
            }

            return default;
        }
    }

    [LoggerMessage(EventId = 2060, Level = LogLevel.Warning, Message = "The container {Container} cannot be used; verdicts are kept on this machine's disk alone: {Cause}")]
    private partial void LogOutage(Exception? exception, string container, string cause);
}
