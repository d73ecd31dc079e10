using TestCommon;

namespace EndToEnd.Tests.Dev;

/// <summary><c>./dev model</c> in a copy of the scripts, with a .NET that only writes down what it was asked.</summary>
public sealed class ModelCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TemporaryFolder told = new();

    public ModelCommandTests()
    {
        Copy("dev", "local.settings.sample.json");
        Copy([.. Directory.EnumerateFiles(Checkout.PathTo("eng")).Concat(Directory.EnumerateFiles(Checkout.PathTo("eng", "node"))).Select(file => Path.GetRelativePath(Checkout.Root, file))]);
        Write("src/ModelTool/Program.cs", "// As it was.");
        Write("src/ModelTool/bin/Release/net10.0/model.dll", "");
        WriteTool("dotnet", """echo "$*" >>"$CALLS" """);
        WriteTool("npm", "mkdir -p eng/node/node_modules");
    }

    public void Dispose()
    {
        folder.Dispose();
        told.Dispose();
    }

    [Fact]
    public async Task Model_NothingChangedSinceTheLastCall_StartsTheToolAndNothingElse()
    {
        await CallsOfAsync("list");

        Assert.Equal([Tool("list", "--json")], await CallsOfAsync("list", "--json"));
    }

    [Theory]
    [InlineData("src/ModelTool/Program.cs")]
    [InlineData("src/ModelTool/Another.cs")]
    public async Task Model_SourceChangedOrAdded_BuildsOnceMore(string source)
    {
        await CallsOfAsync("list");
        Write(source, "// As it is now.");

        Assert.Contains(await CallsOfAsync("list"), call => call.StartsWith("build eng/app.slnf", StringComparison.Ordinal));
        Assert.Equal([Tool("list")], await CallsOfAsync("list"));
    }

    [Fact]
    public async Task Model_SourceDeleted_BuildsOnceMore()
    {
        Write("src/ModelTool/Another.cs", "");
        await CallsOfAsync("list");
        File.Delete(folder.PathTo("src", "ModelTool", "Another.cs"));

        Assert.Contains(await CallsOfAsync("list"), call => call.StartsWith("build eng/app.slnf", StringComparison.Ordinal));
    }

    private string Tool(params string[] arguments) => $"{folder.PathTo("src", "ModelTool", "bin", "Release", "net10.0", "model.dll")} {string.Join(' ', arguments)}";

    private async Task<string[]> CallsOfAsync(params string[] arguments)
    {
        var calls = told.PathTo("calls");
        File.Delete(calls);
        var run = await DevCommand.RunAsync(
            folder.PathTo("dev"), ["model", .. arguments], new() { ["PATH"] = $"{folder.PathTo("tools")}:{Environment.GetEnvironmentVariable("PATH")}", ["CALLS"] = calls });
        Assert.True(run.ExitCode == 0, run.Error);
        return await File.ReadAllLinesAsync(calls);
    }

    private void Copy(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.PathTo(file))!);
            File.Copy(Checkout.PathTo(file), folder.PathTo(file), overwrite: true);
        }
    }

    // In the place of a script that may be executed.
    private void WriteTool(string name, string script)
    {
        Directory.CreateDirectory(folder.PathTo("tools"));
        File.Copy(Checkout.PathTo("dev"), folder.PathTo("tools", name));
        Write($"tools/{name}", $"#!/bin/bash\n{script}\n");
    }

    private void Write(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.PathTo(file))!);
        File.WriteAllText(folder.PathTo(file), content);
    }
}
