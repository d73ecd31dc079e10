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
        try
        {
            using var key = ECDsa.Create();
            Import(key, text.Trim());
            return Of(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"found '{(text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 37), "..."))}'; expected {Rule}", e);
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
        if (text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            key.ImportFromPem(text);
        }
        else if (File.Exists(text))
        {
            key.ImportFromPem(File.ReadAllText(text));
        }
        else
        {
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(text), out _);
        }
    }
}
