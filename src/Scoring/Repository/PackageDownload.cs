using System.Buffers;
using System.Security.Cryptography;

namespace Scoring.Repository;

/// <summary>Copies the files of a version into a folder, hashing them on the way.</summary>
internal static class PackageDownload
{
    private const int BufferBytes = 1 << 17;

    // A file whose hash is wrong is read once more: the transfer may be at fault rather than the content.
    private const int Tries = 2;

    // Small files cost a round trip each; large ones share the bandwidth anyway.
    private const int FilesAtOnce = 4;

    /// <summary>Downloads every file and writes the manifest beside them.</summary>
    /// <param name="repository">Where from.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="expected">The files; those without a hash are taken as they come.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="PackageFaultException">A file is missing, cut short or altered.</exception>
    public static async Task<PackageManifest> RunAsync(
        IPackageRepository repository, string model, string version, IReadOnlyList<PackageFile> expected, string folder, CancellationToken cancellationToken)
    {
        if (expected.Count > PackageManifest.MaxFiles)
        {
            throw new PackageFaultException($"Version {version} of '{model}' has {expected.Count} files: expected at most {PackageManifest.MaxFiles}.");
        }

        var files = new PackageFile[expected.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, files.Length, options, async (index, token) =>
            files[index] = await FileAsync(repository, model, version, expected[index], folder, token).ConfigureAwait(false)).ConfigureAwait(false);
        var manifest = new PackageManifest(files);

        // Not forced to the disk: what a failing machine loses, the hashes tell.
        AtomicFile.Write(Path.Combine(folder, PackageManifest.FileName), manifest.ToJson(), isDurable: false);
        return manifest;
    }

    private static async Task<PackageFile> FileAsync(
        IPackageRepository repository, string model, string version, PackageFile expected, string folder, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var found = await CopyAsync(repository, model, version, expected.Path, folder, cancellationToken).ConfigureAwait(false)
                ?? throw new PackageFaultException($"Version {version} of '{model}' lacks {expected.Path}: the upload is incomplete.");
            if (found.Bytes == expected.Bytes && (expected.Sha256.Length == 0 || found.Sha256 == expected.Sha256))
            {
                return found;
            }

            if (attempt == Tries)
            {
                throw new PackageFaultException(
                    found.Bytes != expected.Bytes
                        ? $"{expected.Path} of version {version} of '{model}' has {found.Bytes} bytes: expected {expected.Bytes}."
                        : $"{expected.Path} of version {version} of '{model}' is altered: its sha256 is {found.Sha256}, expected {expected.Sha256}.");
            }
        }
    }

    private static async Task<PackageFile?> CopyAsync(
        IPackageRepository repository, string model, string version, string path, string folder, CancellationToken cancellationToken)
    {
        using var source = await repository.OpenAsync(model, version, path, cancellationToken).ConfigureAwait(false);
        if (source is null)
        {
            return null;
        }

        var target = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var file = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
            while (await ReadAsync(source, buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                hash.AppendData(buffer, 0, count);
                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }

            return new PackageFile(path, file.Length, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // A read that fails is the storage's fault; a write that fails is the disk's, and is handled elsewhere.
    private static Task<int> ReadAsync(Stream source, byte[] buffer, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(async () => await source.ReadAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false), cancellationToken);
}
