using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using TestCommon;

namespace EndToEnd.Tests.Life;

/// <summary>The command line <c>model</c> as a process, on real blob storage and on a folder.</summary>
public sealed class ModelToolTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int Refused = 2;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Publish_TwiceThenRollBack_SaysWhatItDid()
    {
        var (first, second) = (OffsetModel.Write(folder.PathTo("1"), 1), OffsetModel.Write(folder.PathTo("2"), 2));

        Assert.Contains("t version 1 published to", (await RunAsync(Done, "publish", first, "--name", "t")).Out, StringComparison.Ordinal);
        Assert.Contains("nothing to do", (await RunAsync(Done, "publish", first, "--name", "t")).Out, StringComparison.Ordinal);
        Assert.Contains("it is not live", (await RunAsync(Done, "publish", second, "--name", "t", "--no-live")).Out, StringComparison.Ordinal);
        Assert.Contains("t version 2 is live, version 1 was before", (await RunAsync(Done, "live", "t", "2")).Out, StringComparison.Ordinal);
        Assert.Contains("t version 1 is live again", (await RunAsync(Done, "rollback", "t")).Out, StringComparison.Ordinal);
        var row = Assert.Single((await RunAsync(Done, "list")).Out.Split('\n'), line => line.TrimStart().StartsWith("t ", StringComparison.Ordinal));
        Assert.Matches(@"t\s+1\s+\S+ \S+\s+1 2", row);
        Assert.Equal("""{"version":"1"}""", await ReadBlobAsync("models", "t/live.json"));
    }

    [Fact]
    public async Task Publish_CrashOnLoad_RefusedHereAndNothingUploaded()
    {
        var package = NativeHazard.WriteCrashOnLoad(folder.PathTo("bad"));
        var run = await RunAsync(Refused, "publish", package, "--name", "bad");

        Assert.Contains("SIGFPE", run.Error, StringComparison.Ordinal);
        Assert.Empty(new BlobContainerClient(azurite.ConnectionString, "models").GetBlobs(BlobTraits.None, BlobStates.None, "bad/", CancellationToken.None));
        await RunAsync(Refused, "check", package);
        await RunAsync(Done, "publish", package, "--name", "bad", "--no-check");
    }

    [Fact]
    public async Task Publish_Checked_VerdictIsThereForServers()
    {
        var container = new BlobContainerClient(azurite.ConnectionString, "verdicts");
        await container.CreateIfNotExistsAsync();
        var before = container.GetBlobs().Select(b => b.Name).ToHashSet();

        await RunAsync(Done, "publish", OffsetModel.Write(folder.PathTo("v"), 77), "--name", "v");

        var verdict = Assert.Single(container.GetBlobs().Select(b => b.Name), name => !before.Contains(name));
        Assert.Contains("\"cases\":1", await ReadBlobAsync("verdicts", verdict), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("has no model.onnx", "publish", "EMPTY", "--name", "m")]
    [InlineData("There is no folder", "publish", "NOWHERE", "--name", "m")]
    [InlineData("is no model's name", "publish", "GOOD", "--name", "../m")]
    [InlineData("positive whole number", "publish", "GOOD", "--name", "m", "--version", "01")]
    [InlineData("has no version 9", "live", "nobody", "9")]
    [InlineData("no live version", "rollback", "nobody")]
    [InlineData("'--name' is required", "publish", "GOOD")]
    public async Task Run_WhatCannotBe_OneSentenceAndFailure(string expected, params string[] arguments)
    {
        Directory.CreateDirectory(folder.PathTo("EMPTY"));
        OffsetModel.Write(folder.PathTo("GOOD"), 1);
        var run = await RunAsync(Failed, [.. arguments.Select(a => a.All(char.IsAsciiLetterUpper) ? folder.PathTo(a) : a), "--repository", folder.PathTo("repository")]);

        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StorageAway_OneSentence()
    {
        // Port 1 of this machine answers nobody. The key is any base64: no request gets as far as being checked.
        var run = await RunAsync(Failed, "list", "--repository", "AccountName=away;AccountKey=YXdheQ==;BlobEndpoint=http://127.0.0.1:1/away");
        Assert.Contains("The model repository cannot be used", run.Error, StringComparison.Ordinal);
    }

    private async Task<string> ReadBlobAsync(string container, string path) =>
        (await new BlobContainerClient(azurite.ConnectionString, container).GetBlobClient(path).DownloadContentAsync()).Value.Content.ToString();

    private async Task<(string Out, string Error)> RunAsync(int exitCode, params string[] arguments)
    {
        using var tool = ToolProcess.Start(azurite.ConnectionString, arguments);
        var (code, output, error) = await tool.EndedAsync();
        Assert.True(code == exitCode, $"exit code {code}\n{output}\n{error}");
        return (output, error);
    }
}
