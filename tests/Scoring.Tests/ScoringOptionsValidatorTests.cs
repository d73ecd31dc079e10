using System.Security.Cryptography;
using Scoring.Repository.Signing;

namespace Scoring.Tests;

public sealed class ScoringOptionsValidatorTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("sixteen letters!", null)]
    [InlineData("too few", "HostKey: found 7 characters; expected at least 16")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://v.vault.example/secrets/k)", "HostKey: the reference @Microsoft.KeyVault(…) was not replaced by its secret")]
    public void Validate_HostKey_IsASecretOrNone(string? hostKey, string? fault)
    {
        var result = new ScoringOptionsValidator().Validate(null, new ScoringOptions { Repository = ".", HostKey = hostKey });

        Assert.Equal(fault is null, result.Succeeded);
        Assert.Contains(fault ?? "", result.FailureMessage ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PEM")]
    [InlineData("PEM, encrypted")]
    [InlineData("PKCS #8 in base64")]
    [InlineData("SEC 1 in base64")]
    [InlineData("file")]
    public void Validate_PrivateKeyAsATrustedOne_IsRefusedAndNotRepeated(string form)
    {
        using var folder = new TestCommon.TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(folder.PathTo("release.key"), key.ExportECPrivateKeyPem());
        var text = form switch
        {
            "PEM" => key.ExportPkcs8PrivateKeyPem(),
            "PEM, encrypted" => key.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1)),
            "PKCS #8 in base64" => Convert.ToBase64String(key.ExportPkcs8PrivateKey()),
            "SEC 1 in base64" => Convert.ToBase64String(key.ExportECPrivateKey()),
            _ => folder.PathTo("release.key"),
        };

        var result = new ScoringOptionsValidator().Validate(null, new ScoringOptions { Repository = ".", TrustedKeys = [text] });

        Assert.Contains("TrustedKeys: found a private key", result.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain(text[..20], result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TwoSignaturesWithOneKeyTwice_IsRefused()
    {
        using var key = SigningKey.Make();
        var result = new ScoringOptionsValidator().Validate(null, new ScoringOptions { Repository = ".", TrustedKeys = [key.PublicBase64(), key.PublicPem()], TwoSignatures = ["*"] });

        Assert.Contains("TwoSignatures: found 1 different TrustedKeys beside it; expected at least 2", result.FailureMessage, StringComparison.Ordinal);
    }
}
