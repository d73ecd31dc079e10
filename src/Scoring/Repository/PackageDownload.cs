namespace Scoring.Repository;

/// <summary>Copies the files of a version into a folder, hashing them on the way.</summary>
internal static class PackageDownload
{
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

        if (expected.FirstOrDefault(file => file.Bytes > LimitOf(file.Path)) is { } large)
        {
            throw new PackageFaultException($"{large.Path} of version {version} of '{model}' has {large.Bytes} bytes; expected at most {LimitOf(large.Path)}.");
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

    // Of files that are known by their names; a vocabulary may have any.
    private static long LimitOf(string path) => path switch
    {
        ModelPackage.ConfigFile => BoundedFile.MaxConfig,
        ModelPackage.GoldenFile => BoundedFile.MaxGolden,
        _ => long.MaxValue,
    };

    private static async Task<PackageFile> FileAsync(
        IPackageRepository repository, string model, string version, PackageFile expected, string folder, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var found = await CopyAsync(repository, model, version, expected, folder, cancellationToken).ConfigureAwait(false)
                ?? throw new PackageFaultException($"Version {version} of '{model}' lacks {expected.Path}: the upload is incomplete.");
            if (found.Bytes == expected.Bytes && (expected.Sha256.Length == 0 || found.Sha256 == expected.Sha256))
            {
                return found;
            }

            if (attempt == Tries)
            {
                throw new PackageFaultException(
                    found.Bytes != expected.Bytes
                        ? $"{expected.Path} of version {version} of '{model}' has {found.Bytes} bytes{(found.Bytes > expected.Bytes ? " or more" : "")}: expected {expected.Bytes}."
                        : $"{expected.Path} of version {version} of '{model}' is altered: its sha256 is {found.Sha256}, expected {expected.Sha256}.");
            }
        }
    }

    private static async Task<PackageFile?> CopyAsync(
        IPackageRepository repository, string model, string version, PackageFile expected, string folder, CancellationToken cancellationToken)
    {
        using var source = await repository.OpenAsync(model, version, expected.Path, cancellationToken).ConfigureAwait(false);
        if (source is null)
        {
            return null;
        }

        var target = Path.Combine(folder, expected.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var (bytes, sha256) = await HashedCopy.RunAsync(source, target, expected.Bytes, cancellationToken).ConfigureAwait(false);
        return new PackageFile(expected.Path, bytes, sha256);
    }
}
