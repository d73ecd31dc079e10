using System.Text;
using System.Text.Json.Nodes;
using Scoring.Http;
using TestCommon;

namespace Functions.Tests.Http;

/// <summary>A candidate scores requests as well, after the live version has answered them.</summary>
public sealed class ShadowTests : IDisposable
{
    private const string Schedule = """{"version":"1","rollout":{"id":"r","arms":[{"version":"2","steps":[STEP]}],"start":"2026-01-01T00:00:00Z","shadow":100}}""";

    private readonly EngineServices engine = new();

    public void Dispose() => engine.Dispose();

    [Fact]
    public async Task Score_Shadowed_TheLiveVersionAnswersAndBothAreCompared()
    {
        await BeginAsync(step: 0);

        // 1 against 2 more than x: more than a hundredth of small numbers, and less of large ones.
        for (var request = 0; request < 20; request++)
        {
            var answer = await ScoreAsync(request < 5 ? 1 : 100_000 + request);
            Assert.Equal("1", (string?)answer["version"]);
        }

        var candidate = await CandidateAsync(candidate => (int)candidate["shadowed"]! == 20);
        Assert.Equal((5, 1.0, 0.0), ((int)candidate["disagreed"]!, Math.Round((double)candidate["difference"]!, 2), (double)candidate["share"]!));
        Assert.Null(candidate["braked"]);
    }

    [Fact]
    public async Task Score_CandidateThatAnswersOtherwise_IsBrakedByTheShadow()
    {
        await BeginAsync(step: 0);
        for (var request = 0; request < 40; request++)
        {
            await ScoreAsync(request / 100.0);
        }

        var candidate = await CandidateAsync(candidate => candidate["braked"] is not null);
        Assert.Equal("disagreement", (string?)candidate["braked"]);
        Assert.Contains("shadowed requests otherwise; 10", (string?)candidate["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_WithASubject_IsDealtAndASubjectThatIsNoneIsRefused()
    {
        await BeginAsync(step: 100);

        Assert.Equal("2", (string?)(await ScoreAsync(1, "\"visitor-7\""))["version"]);
        Assert.Equal("2", (string?)(await ScoreAsync(1, "null"))["version"]);
        Assert.Equal("1", (string?)(await ScoreAsync(1, "\"visitor-7\"", version: "1"))["version"]);
        foreach (var subject in new[] { "7", "\"\"", $"\"{new string('x', 257)}\"" })
        {
            var refused = await ScoreAsync(1, subject);
            Assert.Equal(("invalid_value", "/parameters/subject"), ((string?)refused["code"], (string?)refused["errors"]![0]!["pointer"]));
        }
    }

    private async Task BeginAsync(int step)
    {
        OffsetModel.Write(Path.Combine(engine.Models, "m", "1"), 1);
        OffsetModel.Write(Path.Combine(engine.Models, "m", "2"), 2);
        await File.WriteAllTextAsync(Path.Combine(engine.Models, "m", "live.json"), Schedule.Replace("STEP", $"{step}", StringComparison.Ordinal));
        await CandidateAsync(candidate => candidate["reason"] is null);
    }

    private async Task<JsonNode> ScoreAsync(double x, string subject = "null", string? version = null)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"instances":[{"x":{{x.ToString(System.Globalization.CultureInfo.InvariantCulture)}}}],"parameters":{"subject":{{subject}} } }""");
        var (_, answer) = await engine.CallAsync(request => engine.Get<ScoreEndpoint>().ScoreAsync(request, "m", version, CancellationToken.None), body);
        return JsonNode.Parse(answer)!;
    }

    // What the candidate is seen as, once it is as wanted; the limit bounds a failure, not a speed.
    private async Task<JsonNode> CandidateAsync(Func<JsonNode, bool> isWanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var (_, answer) = await engine.CallAsync(request => engine.Get<ModelsEndpoint>().DescribeAsync(request, "m", limit.Token));
            if (JsonNode.Parse(answer)!["rollout"]?["versions"]![0] is { } candidate && isWanted(candidate))
            {
                return candidate;
            }

            Assert.False(limit.IsCancellationRequested, answer);
            await Task.Delay(10, CancellationToken.None);
        }
    }
}
