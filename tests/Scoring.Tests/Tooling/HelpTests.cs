namespace Scoring.Tests.Tooling;

/// <summary>What somebody sees who does not know the tool yet.</summary>
public sealed class HelpTests
{
    [Theory]
    [InlineData("publsh", "publish")]
    [InlineData("lst", "list")]
    [InlineData("roolback", "rollback")]
    public async Task Run_MisspeltVerb_AsksWhetherAnotherWasMeantAndNothingElse(string word, string meant)
    {
        var run = await ToolRun.Of(word, "intent");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Equal($"There is no verb '{word}'; did you mean {meant}?\n", run.Errors);
    }

    [Fact]
    public async Task Run_MisspeltVerbOfJob_AsksToo() =>
        Assert.Equal("There is no verb 'rnu'; did you mean run?\n", (await ToolRun.Of("job", "rnu")).Errors);

    [Fact]
    public async Task Run_WordLikeNoVerb_PointsToTheHelp() =>
        Assert.Equal("There is no verb 'quarterly'; `model --help` lists them.\n", (await ToolRun.Of("quarterly")).Errors);

    [Fact]
    public async Task Run_MissingArgument_IsSaidWithoutTheWholeHelp()
    {
        var run = await ToolRun.Of("publish");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(3, run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.EndsWith("`model publish --help` tells what it takes.\n", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfTheTool_ShowsWhatIsOptional()
    {
        var run = await ToolRun.Of("--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("list [<name>]", run.Output, StringComparison.Ordinal);
        Assert.Contains("score <model> [<request>]  ", run.Output, StringComparison.Ordinal);
        Assert.InRange(run.Output.Split('\n').Length, 20, 40);
    }

    [Fact]
    public async Task Help_OfAVerb_TellsWhatItTakes()
    {
        var run = await ToolRun.Of("publish", "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("--no-live", run.Output, StringComparison.Ordinal);
    }

    // What the completion of docs/model-tool.md asks.
    [Fact]
    public async Task Suggest_StartOfAVerb_NamesIt() =>
        Assert.Contains("publish", (await ToolRun.Of("[suggest:9]", "model pub")).Output, StringComparison.Ordinal);
}
