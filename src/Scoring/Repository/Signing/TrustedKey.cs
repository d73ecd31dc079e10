using System.Security.Cryptography;

namespace Scoring.Repository.Signing;

/// <summary>A public key, ECDSA on the curve P-256, whose signatures are believed. Thread safe.</summary>
public sealed class TrustedKey
{
    /// <summary>What a key must be, for messages.</summary>
    public const string Rule = "a public key, ECDSA on P-256: PEM, its base64 without the lines BEGIN and END, or the path of a PEM file";

    private const string Curve = "1.2.840.10045.3.1.7";
    private const int IdLength = 16;

    private readonly byte[] publicKey;

    private TrustedKey(byte[] publicKey)
    {
        this.publicKey = publicKey;
        Id = Convert.ToHexStringLower(SHA256.HashData(publicKey))[..IdLength];
    }

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of the public key (SubjectPublicKeyInfo, DER).</summary>
    public string Id { get; }

    /// <summary>Reads a key as <see cref="Rule"/> says.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static TrustedKey Parse(string text)
    {
        var found = text.Trim();
        try
        {
            found = !IsPem(found) && File.Exists(found) ? File.ReadAllText(found) : found;
            using var key = ECDsa.Create();
            Import(key, found);
            return Of(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException or IOException or UnauthorizedAccessException)
        {
            // Of a private key nothing is said: a fault goes to the log.
            var shown = IsPrivate(found) ? "a private key, which its signer alone may have" : $"'{(text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 37), "..."))}'";
            throw new FormatException($"found {shown}; expected {Rule}", e);
        }
    }

    /// <summary>Whether a signature (ECDSA over SHA-256, DER) is this key's of a content.</summary>
    public bool Verifies(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key.VerifyData(content, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>The public part of a key.</summary>
    /// <exception cref="FormatException">It is on another curve.</exception>
    internal static TrustedKey Of(ECDsa key) =>
        key.ExportParameters(includePrivateParameters: false).Curve.Oid is { Value: Curve } or { FriendlyName: "nistP256" or "ECDSA_P256" }
            ? new TrustedKey(key.ExportSubjectPublicKeyInfo())
            : throw new FormatException("The key is on another curve than P-256.");

    private static void Import(ECDsa key, string text)
    {
        if (IsPrivate(text))
        {
            throw new FormatException("It is a private key.");
        }

        if (IsPem(text))
        {
            key.ImportFromPem(text);
        }
        else
        {
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(text), out _);
        }
    }

    private static bool IsPem(string text) => text.Contains("-----BEGIN", StringComparison.Ordinal);

    private static bool IsPrivate(string text)
    {
        var der = new byte[text.Length];
        return text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
            || (Convert.TryFromBase64String(text, der, out var count)
                && (Imports(key => key.ImportPkcs8PrivateKey(der.AsSpan(0, count), out _)) || Imports(key => key.ImportECPrivateKey(der.AsSpan(0, count), out _))));
    }

    private static bool Imports(Action<ECDsa> import)
    {
        try
        {
            using var key = ECDsa.Create();
            import(key);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
