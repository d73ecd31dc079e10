using System.Security.Cryptography;
using System.Text;

namespace Scoring.Repository;

/// <summary>The files of one version as its repository lists them, the manifest included.</summary>
public sealed record PackageListing(IReadOnlyList<ListedFile> Files)
{
    /// <summary>True once there is something to load. Publish uploads the model after all other files but the manifest, so half an upload has neither.</summary>
    public bool IsComplete => HasManifest || Files.Any(f => ModelPackage.IsModel(f.Path));

    /// <summary>True for a version that <c>publish</c> wrote.</summary>
    public bool HasManifest => Files.Any(f => f.Path == PackageManifest.FileName);

    /// <summary>The files of the package, whose hashes only a download can tell.</summary>
    internal IReadOnlyList<PackageFile> Unhashed() => [.. Files.Where(f => !PackageManifest.IsAbout(f.Path)).Select(f => new PackageFile(f.Path, f.Bytes, ""))];

    /// <summary>Changes whenever a file of the version is added, removed or written.</summary>
    public string Tag()
    {
        var text = new StringBuilder();
        foreach (var file in Files.OrderBy(f => f.Path, StringComparer.Ordinal))
        {
            text.Append(file.Path).Append('\n').Append(file.Bytes).Append(' ').Append(file.Tag).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
