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
        var signed = await ToolRun.Of("sign", "m", "--key", folder.PathTo("k.key"), "--repository", repository);
        var after = await ToolRun.Of("verify", "m", "--key", folder.PathTo("k.pub"), "--repository", repository);

        Assert.Equal((2, 0, 0), (before.ExitCode, signed.ExitCode, after.ExitCode));
        Assert.Contains("is not signed by a trusted key", before.Errors, StringComparison.Ordinal);
    }
}
