using System.Security.Cryptography;

namespace Scoring.Repository;

/// <summary>Says whether a folder holds exactly the content of a hash. Reads every byte; about 1 ms per 2 MB where the processor has SHA instructions.</summary>
internal static class PackageVerification
{
    /// <summary>The manifest of the folder, or null when the folder is absent, cut short or altered.</summary>
    public static PackageManifest? TryVerify(string folder, string contentHash)
    {
        try
        {
            var path = Path.Combine(folder, PackageManifest.FileName);
            if (!File.Exists(path))
            {
                return null;
            }

            var manifest = PackageManifest.Parse(BoundedFile.Read(path, BoundedFile.MaxManifest), path);
            return manifest.ContentHash() == contentHash && HoldsOnly(folder, manifest) && manifest.Files.All(f => IsIntact(folder, f)) ? manifest : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ScoringException)
        {
            return null;
        }
    }

    /// <summary>The manifest of what a folder holds, its own manifest file left out.</summary>
    /// <param name="folder">The package.</param>
    /// <param name="isWhole">True to refuse what the manifest would not name, such as hidden files.</param>
    /// <exception cref="PackageFaultException">It has no <c>model.onnx</c>, too many files, or a link that leaves it.</exception>
    public static PackageManifest Hash(string folder, bool isWhole = false)
    {
        var files = new List<PackageFile>();
        foreach (var (path, file) in PackageFolder.Files(folder, isWhole))
        {
            if (!PackageManifest.IsAbout(path))
            {
                using var content = file.OpenRead();
                files.Add(new PackageFile(path, content.Length, Convert.ToHexStringLower(SHA256.HashData(content))));
            }
        }

        if (files.Count > PackageManifest.MaxFiles)
        {
            throw new PackageFaultException($"{folder} has {files.Count} files: expected at most {PackageManifest.MaxFiles}.");
        }

        return files.Any(f => ModelPackage.IsModel(f.Path))
            ? new PackageManifest(files)
            : throw new PackageFaultException($"{folder} has no {ModelPackage.ModelFile} or {ModelPackage.OrtFile}.");
    }

    // A file beside the manifest's would be read as the package's own: a model.json, weights.
    private static bool HoldsOnly(string folder, PackageManifest manifest) =>
        PackageFolder.Files(folder).Select(found => found.Path).Where(path => path != PackageManifest.FileName).ToHashSet(StringComparer.Ordinal)
            .SetEquals(manifest.Files.Select(file => file.Path));

    private static bool IsIntact(string folder, PackageFile file)
    {
        var path = Path.Combine(folder, file.Path);
        using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.SequentialScan);
        return content.Length == file.Bytes && Convert.ToHexStringLower(SHA256.HashData(content)) == file.Sha256;
    }
}
