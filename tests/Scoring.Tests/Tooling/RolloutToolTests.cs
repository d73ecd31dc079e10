using Scoring.Outcomes;
using Scoring.Serving.Rollouts;
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

    [Fact]
    public async Task Status_OfAnAbTest_ComparesVersionsByOutcomes()
    {
        // Of 400 visitors each, 200 buy by version 3 and 240 by version 4. Each has two receipts, of which the later one tells; a job's line counts for neither.
        Directory.Move(folder.PathTo("models", "m"), folder.PathTo("models", "intent"));
        File.WriteAllText(folder.PathTo("models", "intent", "3", "model.json"), """{"labels":["browse","purchase"]}""");
        Assert.Equal(0, (await RunAsync("intent", "--weights", "3=50,4=50")).ExitCode);
        var now = DateTimeOffset.UtcNow.AddSeconds(1);
        foreach (var (version, buyers, first) in ((string, int, int)[])[("3", 200, 0), ("4", 240, 10_000)])
        {
            var lines = Enumerable.Range(1, 400).SelectMany(visitor => (string[])[
                Outcomes.OutcomeText.Line(first + visitor, 0.6, 0, now.AddSeconds(1), now, visitor: (uint)visitor),
                Outcomes.OutcomeText.Line(first + 1_000 + visitor, 0.6, visitor <= buyers ? 1 : 0, now.AddSeconds(2), now, visitor: (uint)visitor)]);
            Outcomes.OutcomeText.Write(folder.PathTo("models", "_outcomes"), "told", lines.Append(Outcomes.OutcomeText.Line(first + 9_000, 0.6, 0, now, now)), version: version, day: now.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        }

        var shown = await RunAsync("status", "intent");
        var json = (await RunAsync("status", "intent", "--json")).Json.GetProperty("rollout").GetProperty("outcomes");

        Assert.True(shown.ExitCode == 0, shown.Errors);
        var bought = json.EnumerateArray().Single(each => each.GetProperty("measure").GetString() == "is purchase" && each.GetProperty("version").GetString() == "4");
        Assert.Equal((400, 0.6), (bought.GetProperty("outcomes").GetInt32(), bought.GetProperty("found").GetProperty("value").GetDouble()));

        // By Newcombe's method 10 (1998), reckoned apart.
        var against = bought.GetProperty("againstLive");
        Assert.Equal((0.1, 0.0311, 0.1676), (Round(against, "value"), Round(against, "low"), Round(against, "high")));
        Assert.Matches(@"is purchase +4 +400 +60\.0% +55\.1% to 64\.7% +\+10\.0% +\+3\.1% to \+16\.8%", shown.Output);
        Assert.Matches(@"log loss +3 +400 +0\.7", shown.Output);

        static double Round(System.Text.Json.JsonElement estimate, string end) => Math.Round(estimate.GetProperty(end).GetDouble(), 4);
    }

    [Fact]
    public async Task Status_OfTwoInstancesRequests_ShowsErrorsAndLatencyByVersionWithTheirIntervals()
    {
        Assert.Equal(0, (await RunAsync("m", "--weights", "3=50,4=50")).ExitCode);
        var rollout = (await RunAsync("status", "m", "--json")).Json.GetProperty("rollout").GetProperty("id").GetString()!;
        foreach (var instance in (int[])[0, 1])
        {
            var tally = new RolloutTally("m", rollout);
            for (var request = 0; request < 500; request++)
            {
                tally.Add(0, "3", isOk: request >= 5, TimeSpan.FromMilliseconds(10), subject: 0);
                tally.Add(0, "4", isOk: request >= 20, TimeSpan.FromMilliseconds(20), subject: 0);
            }

            await new FolderOutcomeStore(folder.PathTo("models", ".verdicts")).ReplaceAsync(tally.Path, tally.ToBytes(), CancellationToken.None);
        }

        var shown = await RunAsync("status", "m");
        var json = (await RunAsync("status", "m", "--json")).Json.GetProperty("rollout").GetProperty("requests");

        // By Wilson (1927) and Newcombe's method 10 (1998), reckoned apart.
        Assert.True(shown.ExitCode == 0, shown.Errors);
        Assert.Matches(@"errors +3 +1,000 +1\.00% +0\.54% to 1\.83%", shown.Output);
        Assert.Matches(@"errors +4 +1,000 +4\.00% +2\.95% to 5\.40% +\+3\.00% +\+1\.66% to \+4\.47%", shown.Output);
        Assert.Matches(@"p99, ms +4 +960 +19\.\d+ +19\.\d+ to 20\.0 +\+\d", shown.Output);
        Assert.Equal(["errors 3", "errors 4", "p50 3", "p50 4", "p99 3", "p99 4"], json.EnumerateArray().Select(each => $"{each.GetProperty("measure").GetString()} {each.GetProperty("version").GetString()}"));
    }

    [Fact]
    public async Task Rollout_SameCommandAgain_LeavesItAsItIsAndTellsWhatACutOffCallDidNot()
    {
        await AgainAsync("rollout_started", "m", "4", "--steps", "5%,50%");
        await AgainAsync("rollout_paused", "pause", "m");
        await AgainAsync("rollout_resumed", "resume", "m");
        await AgainAsync("live", "finish", "m", "4");
        Assert.Equal(0, (await RunAsync("m", "3")).ExitCode);
        await AgainAsync("rollout_aborted", "abort", "m");
        Assert.Contains("No rollout of 'm' is under way. Version 4 answers all requests.", (await RunAsync("abort", "m")).Output, StringComparison.Ordinal);

        async Task AgainAsync(string action, params string[] arguments)
        {
            var history = folder.PathTo("models", "m", "history.jsonl");
            var before = File.Exists(history) ? File.ReadAllText(history) : "";
            Assert.Equal(0, (await RunAsync(arguments)).ExitCode);
            var (pointer, told) = (File.ReadAllText(folder.PathTo("models", "m", "live.json")), File.ReadAllText(history));

            // As a call leaves it that is killed between the pointer and the history, and one that is killed after both.
            File.WriteAllText(history, before);
            foreach (var _ in Enumerable.Range(0, 2))
            {
                var again = await RunAsync(arguments);
                Assert.True(again.ExitCode == 0, again.Errors);
                Assert.Equal(pointer, File.ReadAllText(folder.PathTo("models", "m", "live.json")));
                Assert.Equal(told.Split('\n').Length, File.ReadAllText(history).Split('\n').Length);
                Assert.Contains($"\"action\":\"{action}\"", File.ReadAllText(history)[before.Length..], StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("'m' has no version 9. Publish it first", "m", "9")]
    [InlineData("'x%' is no share", "m", "4", "--steps", "1%,x%")]
    [InlineData("none below the one before it", "m", "4", "--steps", "50%,10%")]
    [InlineData("'soon' is no time", "m", "4", "--every", "soon")]
    [InlineData("leave out version 3, which is live", "m", "--weights", "4=10")]
    [InlineData("Say which version", "m")]
    [InlineData("No rollout of 'm' is under way", "pause", "m")]
    [InlineData("No rollout of 'm' is under way", "finish", "m")]
    [InlineData("No rollout of 'm' is under way", "finish", "m", "4")]
    public async Task Rollout_ThatCannotBe_IsOneSentence(string reason, params string[] arguments)
    {
        var run = await RunAsync(arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
        Assert.Equal("""{"version":"3"}""", File.ReadAllText(folder.PathTo("models", "m", "live.json")));
    }

    private Task<ToolRun> RunAsync(params string[] arguments) => ToolRun.Of(["rollout", .. arguments, "--repository", folder.PathTo("models")]);
}
