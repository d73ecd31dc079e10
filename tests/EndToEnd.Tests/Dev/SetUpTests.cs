using TestCommon;

namespace EndToEnd.Tests.Dev;

public sealed class SetUpTests
{
    private static readonly string[] OrdinaryTools = ["bash", "cat", "cksum", "dirname", "flock", "mkdir", "tr"];

    [Fact]
    public async Task SetUp_NoDotnet_NamesIt()
    {
        var run = await RunWithToolsAsync([.. OrdinaryTools, "node", "npm"]);

        Assert.NotEqual(0, run.ExitCode);
        Assert.StartsWith("The .NET 10 SDK is missing", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task SetUp_NoNode_NamesIt()
    {
        var run = await RunWithToolsAsync([.. OrdinaryTools, "dotnet"]);

        Assert.NotEqual(0, run.ExitCode);
        Assert.StartsWith("Node 20 is missing", Assert.Single(run.ErrorLines));
    }

    // A folder of links is the whole PATH, so that a tool left out is missing.
    private static async Task<DevCommand> RunWithToolsAsync(string[] tools)
    {
        var folder = Directory.CreateTempSubdirectory("path-");
        try
        {
            foreach (var tool in tools)
            {
                File.CreateSymbolicLink(Path.Combine(folder.FullName, tool), Find(tool));
            }

            return await DevCommand.RunAsync(Checkout.PathTo("dev"), ["set-up"], new() { ["PATH"] = folder.FullName });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Find(string tool) => Environment.GetEnvironmentVariable("PATH")!.Split(':')
        .Select(folder => Path.Combine(folder, tool)).First(File.Exists);
}
