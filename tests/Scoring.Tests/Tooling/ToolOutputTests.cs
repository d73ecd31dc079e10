using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>What programs read: JSON of every verb, tables without rules and no wider than 100 where the output is redirected, cells apart by tabs with --plain.</summary>
public sealed class ToolOutputTests : IDisposable
{
    private const int Width = 100;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Advise_OutputRedirected_WritesColumnsWithoutRules()
    {
        var run = await ToolRun.Of("advise", IntentPackages.Original, "--seconds", "0.1");

        var lines = run.Output.Split('\n');
        Assert.StartsWith("rule ", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("─", run.Output, StringComparison.Ordinal);
        Assert.All(lines.TakeWhile(line => !line.StartsWith("Stop", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 1, Width));
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public async Task Inspect_Plain_WritesARowALine()
    {
        var run = await ToolRun.Of("inspect", IntentPackages.Original, "--plain");

        Assert.All(run.Output.TrimEnd().Split('\n'), line => Assert.Equal(2, line.Split('\t').Length));
    }

    [Fact]
    public async Task LifeOfAVersion_Json_IsReadable()
    {
        var package = OffsetModel.Write(folder.PathTo("package"), 1);
        string[] there = ["--repository", folder.PathTo("models"), "--json"];

        Assert.Equal("passed", (await ToolRun.Of("check", package, "--json")).Json.GetProperty("verdict").GetString());
        Assert.Equal("published", (await ToolRun.Of(["publish", package, "--name", "t", .. there])).Json.GetProperty("verdict").GetString());
        Assert.Equal("2", (await ToolRun.Of(["publish", OffsetModel.Write(folder.PathTo("other"), 2), "--name", "t", "--no-check", .. there])).Json.GetProperty("version").GetString());
        Assert.Equal("1", (await ToolRun.Of(["rollback", "t", .. there])).Json.GetProperty("to").GetString());
        Assert.Equal("2", (await ToolRun.Of(["live", "t", "2", .. there])).Json.GetProperty("to").GetString());
        var model = Assert.Single((await ToolRun.Of(["list", .. there])).Json.GetProperty("models").EnumerateArray());
        Assert.Equal(("t", "2", 2), (model.GetProperty("model").GetString(), model.GetProperty("live").GetString(), model.GetProperty("versions").GetArrayLength()));
    }
}
