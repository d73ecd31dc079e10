using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>Models that kill whoever loads or runs them, given to every verb that touches the native runtime.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("inspect")]
    [InlineData("score")]
    [InlineData("bench")]
    [InlineData("advise")]
    [InlineData("calibrate", "--data", "DATA")]
    [InlineData("quantize", "--force")]
    [InlineData("tune")]
    [InlineData("optimize")]
    [InlineData("prune")]
    public async Task Verb_ModelThatKillsItsProcess_SaysSoAndLeavesNothing(string verb, params string[] options)
    {
        var package = NativeHazard.WriteCrashOnLoad(folder.PathTo("deadly"));
        var data = folder.PathTo("data.jsonl");
        await File.WriteAllTextAsync(data, """{"x":1,"label":"1"}""");
        var before = Files();

        var run = await ToolRun.WithInput("""{"instances":[{"x":1}]}""", [verb, package, .. options.Select(option => option == "DATA" ? data : option)]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("the native step died of SIGFPE (exit code 136) while ", run.Errors, StringComparison.Ordinal);
        Assert.Contains(package, run.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Files());
    }

    // 1 is what is made up for a number.
    [Theory]
    [InlineData("bench")]
    [InlineData("advise")]
    [InlineData("quantize", "--force")]
    [InlineData("tune", "--threads", "1", "--rows", "1")]
    [InlineData("optimize")]
    [InlineData("prune")]
    public async Task Verb_ModelThatDiesOfARun_SaysSoAndLeavesNothing(string verb, params string[] options)
    {
        var package = NativeHazard.WriteCrashOn(folder.PathTo("sometimes"), deadly: 1);
        File.Delete(Path.Combine(package, "golden.json"));
        var before = Files();

        var run = await ToolRun.Of([verb, package, .. options]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("SIGFPE (exit code 136) while ", run.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Files());
    }

    [Fact]
    public async Task Score_RequestThatKillsTheProcess_NamesTheStep()
    {
        var package = NativeHazard.WriteCrashOn(folder.PathTo("sometimes"), deadly: 7);

        var run = await ToolRun.WithInput("""{"instances":[{"x":7}]}""", "score", package);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("SIGFPE (exit code 136) while scoring the request", run.Errors, StringComparison.Ordinal);
    }

    private string[] Files() => [.. Directory.GetFileSystemEntries(folder.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
