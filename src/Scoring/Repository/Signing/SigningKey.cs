using System.Security.Cryptography;

namespace Scoring.Repository.Signing;

/// <summary>A private key, ECDSA on the curve P-256. One caller at a time.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa key;

    private SigningKey(ECDsa key)
    {
        this.key = key;
        Public = TrustedKey.Of(key);
    }

    /// <summary>Its public part.</summary>
    public TrustedKey Public { get; }

    /// <summary>Makes a key.</summary>
    public static SigningKey Make() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a PEM file with a private key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">Opens an encrypted key; null where it is not.</param>
    /// <exception cref="FormatException">It is no such key, or the password is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SigningKey Read(string path, string? password)
    {
        var pem = File.ReadAllText(path);
        var key = ECDsa.Create();
        try
        {
            if (password is null)
            {
                key.ImportFromPem(pem);
            }
            else
            {
                key.ImportFromEncryptedPem(pem, password);
            }

            // A public key is found out here.
            key.ExportParameters(includePrivateParameters: true);
            return new SigningKey(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException)
        {
            key.Dispose();
            throw new FormatException($"{path} holds no private key to sign with: expected ECDSA on P-256 in PEM, as `model keygen` makes it{(password is null ? "" : ", and its password")}.", e);
        }
    }

    /// <summary>The signature of a content: ECDSA over SHA-256, DER.</summary>
    public byte[] Sign(ReadOnlySpan<byte> content) => key.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>The key as PEM (PKCS #8), encrypted where a password is given.</summary>
    public string ToPem(string? password) =>
        password is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 600_000));

    /// <summary>Its public part as PEM.</summary>
    public string PublicPem() => key.ExportSubjectPublicKeyInfoPem();

    /// <summary>Its public part as one line of base64, as a setting takes it.</summary>
    public string PublicBase64() => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    public void Dispose() => key.Dispose();
}
