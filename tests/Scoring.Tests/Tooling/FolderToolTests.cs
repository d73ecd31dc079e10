using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>Packages of others in the tool: what leads out of their folder is not read.</summary>
public sealed class FolderToolTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("check")]
    [InlineData("inspect")]
    [InlineData("publish")]
    public async Task Verb_PackageWithALinkThatLeaves_IsRefusedWithTheFileNamed(string verb)
    {
        File.WriteAllText(folder.PathTo("secret.txt"), "secret");
        var package = OffsetModel.Write(folder.PathTo("package"), 1);
        File.CreateSymbolicLink(Path.Combine(package, "notes.txt"), "../secret.txt");

        var run = verb == "publish"
            ? await ToolRun.Of(verb, package, "--name", "m", "--no-check", "--repository", folder.PathTo("repository"))
            : await ToolRun.Of(verb, package);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("'notes.txt' leaves the package", run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.PathTo("repository", "m")));
    }
}
