using System.Diagnostics;
using System.Security.Cryptography;
using Scoring.Repository.Signing;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>The forms of keys and signatures, held against another implementation where there is one.</summary>
public sealed class SigningKeyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("a passphrase")]
    public void Read_KeyThatWasWritten_SignsWhatItsPublicFormsVerify(string? password)
    {
        using var made = SigningKey.Make();
        File.WriteAllText(folder.PathTo("k.key"), made.ToPem(password));
        File.WriteAllText(folder.PathTo("k.pub"), made.PublicPem());
        using var key = SigningKey.Read(folder.PathTo("k.key"), password);
        var signature = key.Sign("content"u8);

        Assert.All([folder.PathTo("k.pub"), made.PublicPem(), made.PublicBase64()], form =>
        {
            var trusted = TrustedKey.Parse(form);
            Assert.Equal(made.Public.Id, trusted.Id);
            Assert.True(trusted.Verifies("content"u8, signature));
            Assert.False(trusted.Verifies("contenT"u8, signature));
            Assert.False(trusted.Verifies("content"u8, [.. signature.SkipLast(1)]));
            Assert.False(trusted.Verifies("content"u8, []));
        });
    }

    [Fact]
    public void Parse_WhatIsNoKeyOfThisKind_SaysWhatIsExpected()
    {
        using var larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);

        Assert.All(["garbage", "", Convert.ToBase64String(larger.ExportSubjectPublicKeyInfo()), rsa.ExportSubjectPublicKeyInfoPem()], text =>
            Assert.Contains("ECDSA on P-256", Assert.Throws<FormatException>(() => TrustedKey.Parse(text)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_PublicKeyOrWrongPassword_IsNoKeyToSignWith()
    {
        using var made = SigningKey.Make();
        File.WriteAllText(folder.PathTo("k.pub"), made.PublicPem());
        File.WriteAllText(folder.PathTo("k.key"), made.ToPem("right"));

        Assert.Throws<FormatException>(() => SigningKey.Read(folder.PathTo("k.pub"), null));
        Assert.Throws<FormatException>(() => SigningKey.Read(folder.PathTo("k.key"), "wrong"));
    }

    [DebianFact("openssl")]
    public void Sign_AndVerify_AgreeWithOpenSsl()
    {
        OpenSsl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", folder.PathTo("o.key"));
        OpenSsl("ec", "-in", folder.PathTo("o.key"), "-pubout", "-out", folder.PathTo("o.pub"));
        File.WriteAllText(folder.PathTo("manifest.json"), "{}");
        OpenSsl("dgst", "-sha256", "-sign", folder.PathTo("o.key"), "-out", folder.PathTo("theirs.sig"), folder.PathTo("manifest.json"));
        using var key = SigningKey.Read(folder.PathTo("o.key"), null);
        File.WriteAllBytes(folder.PathTo("ours.sig"), key.Sign("{}"u8));

        Assert.True(TrustedKey.Parse(folder.PathTo("o.pub")).Verifies("{}"u8, File.ReadAllBytes(folder.PathTo("theirs.sig"))));
        OpenSsl("dgst", "-sha256", "-verify", folder.PathTo("o.pub"), "-signature", folder.PathTo("ours.sig"), folder.PathTo("manifest.json"));
    }

    private static void OpenSsl(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"openssl {string.Join(' ', arguments)}: {process.StandardError.ReadToEnd()}");
    }
}
