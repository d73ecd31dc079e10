using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Scoring.Repository;

/// <summary>
/// What a version consists of. <c>publish</c> writes it last as <c>manifest.json</c>, so a version with a manifest is complete;
/// files copied by hand have none and get one from what was downloaded.
/// </summary>
public sealed record PackageManifest(IReadOnlyList<PackageFile> Files)
{
    /// <summary>The manifest's own name; it is not one of <see cref="Files"/>.</summary>
    public const string FileName = "manifest.json";

    /// <summary>True for the manifest and its signatures, which are about a package and no part of it.</summary>
    internal static bool IsAbout(string path) => path == FileName || Signing.ManifestSignature.KeyOf(path) is not null;

    /// <summary>Most files of one package.</summary>
    public const int MaxFiles = 1000;

    private string? contentHash;

    /// <summary>The model that it was published as; null in one from before names were written. What a signature holds good for.</summary>
    public string? Model { get; init; }

    /// <summary>The version that it was published as.</summary>
    public string? Version { get; init; }

    /// <summary>The id of the key that the publisher signed with; null for none. Others may have signed since.</summary>
    public string? Signer { get; init; }

    /// <summary>SHA-256 over the sorted paths and hashes of all files, lower-case hexadecimal.</summary>
    public string ContentHash() => contentHash ??= ComputeContentHash();

    /// <summary>Bytes of all files together.</summary>
    public long TotalBytes() => Files.Sum(f => f.Bytes);

    /// <summary>SHA-256 of the model that is loaded.</summary>
    public string ModelSha256() => (Files.FirstOrDefault(f => f.Path == ModelPackage.OrtFile) ?? Files.First(f => f.Path == ModelPackage.ModelFile)).Sha256;

    /// <summary>The manifest as UTF-8 JSON.</summary>
    public byte[] ToJson() => SmallJson.Write(writer =>
    {
        writer.WriteStartArray("files");
        foreach (var file in Files)
        {
            writer.WriteStartObject();
            writer.WriteString("path", file.Path);
            writer.WriteNumber("bytes", file.Bytes);
            writer.WriteString("sha256", file.Sha256);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteOptional("model", Model);
        writer.WriteOptional("version", Version);
        writer.WriteOptional("signer", Signer);
    });

    /// <summary>Reads and checks a manifest.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="where">Named in the fault.</param>
    /// <exception cref="PackageFaultException">It is no manifest, names no model, or names a path outside the package.</exception>
    public static PackageManifest Parse(ReadOnlyMemory<byte> json, string where)
    {
        var manifest = ReadMembers(json, where);
        var files = manifest.Files;
        if (files.Count is 0 or > MaxFiles)
        {
            throw new PackageFaultException($"{where} is not a manifest: expected 1 to {MaxFiles} files, found {files.Count}.");
        }

        foreach (var file in files)
        {
            if (!PackageNames.IsPath(file.Path) || file.Bytes < 0 || !IsHash(file.Sha256))
            {
                throw new PackageFaultException($"{where} names a file that cannot be: path '{file.Path}', {file.Bytes} bytes, sha256 '{file.Sha256}'.");
            }
        }

        if (files.DistinctBy(f => f.Path).Count() != files.Count)
        {
            throw new PackageFaultException($"{where} names a file twice.");
        }

        if (!files.Any(f => ModelPackage.IsModel(f.Path)))
        {
            throw new PackageFaultException($"{where} names no {ModelPackage.ModelFile} or {ModelPackage.OrtFile}.");
        }

        return manifest;
    }

    // Member by member: see SmallJson.
    private static PackageManifest ReadMembers(ReadOnlyMemory<byte> json, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(json, SmallJson.Strict);
            var files = new List<PackageFile>();
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root)
            {
                return new PackageManifest(files);
            }

            if (root.TryGetProperty("files", out var list) && list.ValueKind == JsonValueKind.Array)
            {
                foreach (var file in list.EnumerateArray())
                {
                    files.Add(file.ValueKind == JsonValueKind.Object
                        ? new(file.OptionalText("path") ?? "", file.TryGetProperty("bytes", out var bytes) ? bytes.GetInt64() : -1, file.OptionalText("sha256") ?? "")
                        : new("", -1, ""));
                }
            }

            return new PackageManifest(files) { Model = root.OptionalText("model"), Version = root.OptionalText("version"), Signer = root.OptionalText("signer") is { } id && Signing.ManifestSignature.KeyOf(Signing.ManifestSignature.FileOf(id)) == id ? id : null };
        }
        catch (Exception e) when (SmallJson.IsDamage(e))
        {
            throw new PackageFaultException($"{where} is not a manifest: {e.Message}", e);
        }
    }

    private static bool IsHash(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);

    private string ComputeContentHash()
    {
        var text = new StringBuilder();
        foreach (var file in Files.OrderBy(f => f.Path, StringComparer.Ordinal))
        {
            text.Append(file.Sha256).Append(' ').Append(file.Path).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
