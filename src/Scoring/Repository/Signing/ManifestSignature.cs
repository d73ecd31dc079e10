namespace Scoring.Repository.Signing;

/// <summary>The file beside a manifest that holds a signature of its bytes, one for each key that signed.</summary>
public static class ManifestSignature
{
    /// <summary>More bytes than a signature has.</summary>
    internal const int MaxBytes = 256;

    private const string Prefix = "manifest.";
    private const string Suffix = ".sig";

    /// <summary>Its name, such as <c>manifest.0123456789abcdef.sig</c>.</summary>
    public static string FileOf(string keyId) => $"{Prefix}{keyId}{Suffix}";

    /// <summary>The key of a signature's file; null for any other file.</summary>
    public static string? KeyOf(string path) =>
        path.Length > Prefix.Length + Suffix.Length && path.StartsWith(Prefix, StringComparison.Ordinal) && path.EndsWith(Suffix, StringComparison.Ordinal)
        && path[Prefix.Length..^Suffix.Length].All(char.IsAsciiHexDigitLower)
            ? path[Prefix.Length..^Suffix.Length]
            : null;

    /// <summary>Reads a signature; null when there is none, or when it is too long to be one.</summary>
    internal static async Task<byte[]?> ReadAsync(IPackageRepository repository, string model, string version, string keyId, CancellationToken cancellationToken)
    {
        using var stream = await repository.OpenAsync(model, version, FileOf(keyId), cancellationToken).ConfigureAwait(false);
        return stream is null ? null
            : await RepositoryAccess.ReachAsync(() => BoundedFile.ReadAsync(stream, MaxBytes, cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
