using Scoring.Repository;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>Signing as a person does it.</summary>
public sealed class SigningToolTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Verify_WhatWasPublishedSigned_TellsTheKeyUntilAByteChanges()
    {
        var (key, repository) = (folder.PathTo("release"), folder.PathTo("repository"));
        var made = await ToolRun.Of("keygen", key, "--json");
        var published = await ToolRun.Of("publish", OffsetModel.Write(folder.PathTo("package"), 1), "--name", "m", "--sign", $"{key}.key", "--no-check", "--repository", repository);
        var verified = await ToolRun.Of("verify", "m", "--key", $"{key}.pub", "--repository", repository);
        await File.AppendAllTextAsync(Path.Combine(repository, "m", "1", "golden.json"), " ");
        var refused = await ToolRun.Of("verify", "m", "--key", $"{key}.pub", "--repository", repository);

        var id = made.Json.GetProperty("id").GetString()!;
        Assert.Equal((0, ""), (published.ExitCode, published.Errors));
        Assert.Contains($"It is signed by the key {id}.", published.Output, StringComparison.Ordinal);
        Assert.Equal(0, verified.ExitCode);
        Assert.Contains($"signed by the key {id}", verified.Output, StringComparison.Ordinal);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("golden.json is altered", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await ToolRun.Of("keygen", key)).ExitCode);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode($"{key}.key"));
        }
    }

    [Fact]
    public async Task Sign_VersionThatIsThere_IsVerifiedByThatKeyToo()
    {
        var repository = folder.PathTo("repository");
        await new PackagePublisher(new FolderPackageRepository(repository)).PublishAsync(OffsetModel.Write(folder.PathTo("package"), 1), "m", null, makeLive: true, CancellationToken.None);
        await ToolRun.Of("keygen", folder.PathTo("k"));

        var before = await ToolRun.Of("verify", "m", "--key", folder.PathTo("k.pub"), "--repository", repository);
        var signed = await ToolRun.Of("sign", "m", "1", "--key", folder.PathTo("k.key"), "--untrusted", "--repository", repository);
        var after = await ToolRun.Of("verify", "m", "--key", folder.PathTo("k.pub"), "--repository", repository);

        Assert.Equal((2, 0, 0), (before.ExitCode, signed.ExitCode, after.ExitCode));
        Assert.Contains("is not signed by a trusted key", before.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(",")]
    [InlineData(" ")]
    public async Task Verify_TrustedKeysThatNameNone_IsRefusedRatherThanDoneWithoutKeys(string keys)
    {
        var repository = folder.PathTo("repository");
        await new PackagePublisher(new FolderPackageRepository(repository)).PublishAsync(OffsetModel.Write(folder.PathTo("package"), 1), "m", null, makeLive: true, CancellationToken.None);

        var verified = await ToolRun.WithSettings([("Scoring__TrustedKeys", keys)], "verify", "m", "--repository", repository);

        Assert.NotEqual(0, verified.ExitCode);
        Assert.Contains("TrustedKeys: found", verified.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_LiveVersionThatNoTrustedKeySigned_IsRefusedUnlessItIsNamedAsUntrusted()
    {
        var repository = folder.PathTo("repository");
        await ToolRun.Of("keygen", folder.PathTo("old"));
        await ToolRun.Of("keygen", folder.PathTo("new"));
        await ToolRun.Of("publish", OffsetModel.Write(folder.PathTo("package"), 1), "--name", "m", "--sign", folder.PathTo("old.key"), "--no-check", "--repository", repository);
        await new PackagePublisher(new FolderPackageRepository(repository)).PublishAsync(OffsetModel.Write(folder.PathTo("evil"), 2), "m", null, makeLive: true, CancellationToken.None);
        string[] sign = ["sign", "m", "--key", folder.PathTo("new.key"), "--repository", repository];
        string[] signFirst = ["sign", "m", "1", .. sign[2..], "--signed-by", folder.PathTo("old.pub")];

        var turned = await ToolRun.WithSettings([("Scoring__TrustedKeys", $"{folder.PathTo("old.pub")},{folder.PathTo("new.pub")}")], sign);
        var unknown = await ToolRun.Of(sign);
        var unnamed = await ToolRun.Of([.. sign, "--untrusted"]);

        Assert.Equal((1, 1, 1), (turned.ExitCode, unknown.ExitCode, unnamed.ExitCode));
        Assert.Contains("is not signed by a trusted key", turned.Errors, StringComparison.Ordinal);
        Assert.Contains("--signed-by", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains("needs the VERSION", unnamed.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(repository, "m", "2"), "*.sig"));
        Assert.Equal(0, (await ToolRun.Of(signFirst)).ExitCode);
    }

    [Fact]
    public async Task Live_OfAModelThatNeedsTwoSignatures_WaitsForAnotherKey()
    {
        var repository = folder.PathTo("repository");
        await ToolRun.Of("keygen", folder.PathTo("release"));
        await ToolRun.Of("keygen", folder.PathTo("approver"));
        (string, string)[] settings = [("Scoring__TrustedKeys", $"{folder.PathTo("release.pub")},{folder.PathTo("approver.pub")}"), ("Scoring__TwoSignatures", "m")];

        var published = await ToolRun.WithSettings(
            settings, "publish", OffsetModel.Write(folder.PathTo("package"), 1), "--name", "m", "--sign", folder.PathTo("release.key"), "--no-check", "--repository", repository);
        var alone = await ToolRun.WithSettings(settings, "live", "m", "1", "--repository", repository);
        await ToolRun.WithSettings(settings, "sign", "m", "1", "--key", folder.PathTo("approver.key"), "--repository", repository);
        var both = await ToolRun.WithSettings(settings, "live", "m", "1", "--repository", repository);

        Assert.Contains("it is not live", published.Output, StringComparison.Ordinal);
        Assert.Contains("m needs two signatures", published.Output, StringComparison.Ordinal);
        Assert.Equal((2, 0), (alone.ExitCode, both.ExitCode));
        Assert.Contains("this model needs the signature of a second", alone.Errors, StringComparison.Ordinal);
        Assert.Equal("m version 1 is live.", both.Output.Trim());
    }
}
