using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Scoring.Batch.Messages;
using Scoring.Repository;

namespace ModelTool.Jobs;

/// <summary>Brings a job's input to the storage and its output from there.</summary>
internal sealed class JobFiles(StorageConnection storage)
{
    /// <summary>Uploads the input unless it is there: its name is its content's hash.</summary>
    /// <param name="uploaded">Receives the bytes uploaded so far.</param>
    public async Task UploadAsync(FileInfo file, JobInput input, IProgress<long> uploaded, CancellationToken cancellationToken)
    {
        var container = storage.Blobs.GetBlobContainerClient(input.Container);
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        var blob = container.GetBlobClient(input.Name);
        if ((await blob.ExistsAsync(cancellationToken)).Value)
        {
            return;
        }

        try
        {
            var options = new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All }, ProgressHandler = uploaded };
            await blob.UploadAsync(file.FullName, options, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
        {
            // Another run of the same file came first.
        }
    }

    /// <summary>Writes the output to <paramref name="target"/>: a file, which appears whole or not at all, or the folder of a Parquet output's parts.</summary>
    /// <param name="output"><c>container/name</c>.</param>
    public async Task DownloadAsync(string output, JobFormat format, string target, CancellationToken cancellationToken)
    {
        var slash = output.IndexOf('/', StringComparison.Ordinal);
        var (container, name) = (storage.Blobs.GetBlobContainerClient(output[..slash]), output[(slash + 1)..]);
        if (format != JobFormat.Parquet)
        {
            await DownloadAsync(container, name, target, cancellationToken);
            return;
        }

        Directory.CreateDirectory(target);
        await foreach (var part in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{name}/", cancellationToken))
        {
            await DownloadAsync(container, part.Name, Path.Combine(target, Path.GetFileName(part.Name)), cancellationToken);
        }
    }

    private static async Task DownloadAsync(BlobContainerClient container, string name, string target, CancellationToken cancellationToken)
    {
        var unfinished = target + ".unfinished";
        try
        {
            while (!await TryDownloadAsync(container.GetBlobClient(name), unfinished, cancellationToken))
            {
                // Each sweep of a late duplicate's block touches the output once, without changing a byte of it.
            }

            File.Move(unfinished, target, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    // False when the blob was touched between two of its ranges.
    private static async Task<bool> TryDownloadAsync(BlobClient blob, string path, CancellationToken cancellationToken)
    {
        try
        {
            await blob.DownloadToAsync(path, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 412)
        {
            return false;
        }
    }
}
