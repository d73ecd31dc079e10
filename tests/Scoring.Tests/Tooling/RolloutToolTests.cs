using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>The verb <c>rollout</c>, as a person uses it.</summary>
public sealed class RolloutToolTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public RolloutToolTests()
    {
        OffsetModel.Write(folder.PathTo("models", "m", "3"), 3);
        OffsetModel.Write(folder.PathTo("models", "m", "4"), 4);
        File.WriteAllText(folder.PathTo("models", "m", "live.json"), """{"version":"3"}""");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Rollout_FromTheStartToTheEnd_IsShownStoppedAndFinished()
    {
        var begun = await RunAsync("m", "4", "--steps", "5%,50%", "--every", "10m", "--shadow");
        Assert.True(begun.ExitCode == 0, begun.Errors);
        Assert.Matches(@"3 +95% +live", begun.Output);
        Assert.Matches(@"4 +5% +5% 50% +running", begun.Output);
        Assert.Contains("Step 1 of 2; the next begins at", begun.Errors, StringComparison.Ordinal);

        Assert.Contains("To go on: model rollout resume m", (await RunAsync("pause", "m")).Errors, StringComparison.Ordinal);
        var status = (await RunAsync("status", "m", "--json")).Json.GetProperty("rollout");
        Assert.Equal(("paused", 10.0, 5.0), (status.GetProperty("state").GetString(), status.GetProperty("shadow").GetDouble(), status.GetProperty("versions")[0].GetProperty("share").GetDouble()));

        Assert.Contains("No rollout of 'm' is under way. Version 4 answers all requests.", (await RunAsync("finish", "m")).Output, StringComparison.Ordinal);
        Assert.Equal("""{"version":"4","history":["3"]}""", File.ReadAllText(folder.PathTo("models", "m", "live.json")));
    }

    [Fact]
    public async Task Rollout_Weights_DivideWhatTheyAddUpTo()
    {
        var run = await RunAsync("m", "--weights", "3=3,4=1", "--json");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(("endless", 25.0), (run.Json.GetProperty("rollout").GetProperty("state").GetString(), run.Json.GetProperty("rollout").GetProperty("versions")[0].GetProperty("share").GetDouble()));
    }

    [Theory]
    [InlineData("'m' has no version 9. Publish it first", "m", "9")]
    [InlineData("'x%' is no share", "m", "4", "--steps", "1%,x%")]
    [InlineData("none below the one before it", "m", "4", "--steps", "50%,10%")]
    [InlineData("'soon' is no time", "m", "4", "--every", "soon")]
    [InlineData("leave out version 3, which is live", "m", "--weights", "4=10")]
    [InlineData("Say which version", "m")]
    [InlineData("No rollout of 'm' is under way", "abort", "m")]
    public async Task Rollout_ThatCannotBe_IsOneSentence(string reason, params string[] arguments)
    {
        var run = await RunAsync(arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
        Assert.Equal("""{"version":"3"}""", File.ReadAllText(folder.PathTo("models", "m", "live.json")));
    }

    private Task<ToolRun> RunAsync(params string[] arguments) => ToolRun.Of(["rollout", .. arguments, "--repository", folder.PathTo("models")]);
}
