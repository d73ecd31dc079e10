using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;
using Scoring.Batch.Storage;
using Scoring.Repository;

namespace Scoring.Batch.Jobs;

/// <summary>
/// Turns the key or the identity that a request carries into what stands for it in storage: a keyed hash, by a secret that the instances share through storage.
/// The key itself is stored nowhere. Thread safe.
/// </summary>
public sealed class JobOwners
{
    private const string SecretName = "_owners/secret";
    private const int SecretBytes = 32;

    private readonly JobBlobs blobs;
    private readonly string[] operations;
    private byte[]? secret;

    internal JobOwners(StorageConnection storage, IOptions<BatchOptions> options)
    {
        blobs = new JobBlobs(storage, BatchNames.Secrets);
        operations = (options.Value.OperationsKeys ?? "").ToLowerInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>The caller with a key; null for none.</summary>
    public async Task<JobCaller> OfAsync(string? key, CancellationToken cancellationToken)
    {
        var seesOwnerless = operations.Length == 0;
        if (string.IsNullOrEmpty(key))
        {
            return new JobCaller(null, SeesAll: false, seesOwnerless);
        }

        var bytes = Encoding.UTF8.GetBytes(key);
        var shared = secret ??= await ReadSecretAsync(cancellationToken).ConfigureAwait(false);
        return new JobCaller(Convert.ToHexStringLower(HMACSHA256.HashData(shared, bytes)), IsOperations(bytes), seesOwnerless);
    }

    /// <summary>The caller with an identity.</summary>
    /// <param name="identity">What stands for it, always the same.</param>
    /// <param name="seesAll">Whether it may look after every job.</param>
    /// <param name="cancellationToken">Ends the read of the secret.</param>
    public async Task<JobCaller> OfIdentityAsync(string identity, bool seesAll, CancellationToken cancellationToken)
    {
        var shared = secret ??= await ReadSecretAsync(cancellationToken).ConfigureAwait(false);

        // No header holds the first character: no key can stand for an identity.
        return new JobCaller(Convert.ToHexStringLower(HMACSHA256.HashData(shared, Encoding.UTF8.GetBytes($"\0{identity}"))), seesAll, SeesOwnerless: seesAll);
    }

    private bool IsOperations(byte[] key)
    {
        var hash = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(key)));
        var isOne = false;
        foreach (var known in operations)
        {
            isOne |= CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(known));
        }

        return isOne;
    }

    private async Task<byte[]> ReadSecretAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var answer = await blobs.Container.GetBlobClient(SecretName).DownloadContentAsync(cancellationToken).ConfigureAwait(false);
                return answer.Value.Content.ToArray();
            }
            catch (RequestFailedException exception) when (exception.Status == 404)
            {
                // The first to come makes it; the others read what it made.
                var made = BinaryData.FromBytes(RandomNumberGenerator.GetBytes(SecretBytes));
                await blobs.TryWriteAsync(SecretName, made, new BlobRequestConditions { IfNoneMatch = ETag.All }, null, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
