using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Configuration;
using Scoring.Outcomes;
using Scoring.Outcomes.Captures;
using Scoring.Outcomes.Reading;
using Scoring.Telemetry;
using Scoring.Tests.Tooling;
using TestCommon;

namespace Scoring.Tests.Outcomes;

/// <summary><c>model captures</c> over what a server kept.</summary>
public sealed class CaptureToolTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Captures_OfAModel_AreRowsForBaseline()
    {
        var sessions = File.ReadLines(Checkout.PathTo("samples", "intent", "sessions.jsonl")).Take(50).ToArray();
        var store = folder.PathTo("models", "_captures");
        using var metrics = new ScoringMetrics(new ColdStartClock(TimeProvider.System), TimeProvider.System);
        using (var writer = new CaptureWriter(
            new CaptureStorage(new FolderOutcomeStore(store), new FolderOutcomeFiles(store)), metrics, TimeProvider.System, NullLogger<CaptureWriter>.Instance, () => 0))
        {
            var config = ModelConfigReader.ReadFile(Path.Combine(IntentPackages.Original, "model.json"));
            var capture = new CaptureConfig(1, new HashSet<string>(), new HashSet<string>(), 1);
            var answer = $$"""{"predictions":[{{string.Join(',', sessions.Select(_ => """{"label":"browse"}"""))}}]}""";
            writer.Add(
                writer.Choose(capture, "intent", "1", [.. config.Features.Select(feature => feature.Name)], Encoding.UTF8.GetBytes($$"""{"instances":[{{string.Join(',', sessions)}}]}"""))!,
                new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(answer)));
            await writer.StopAsync(CancellationToken.None);
        }

        var fetched = await ToolRun.Of("captures", "intent", "--out", folder.PathTo("rows.jsonl"), "--repository", folder.PathTo("models"));
        var none = await ToolRun.Of("captures", "topics", "--out", folder.PathTo("none.jsonl"), "--repository", folder.PathTo("models"));
        var baseline = await ToolRun.Of("baseline", IntentPackages.Original, "--data", folder.PathTo("rows.jsonl"), "--out", folder.PathTo("out"), "--json");

        Assert.True(fetched.ExitCode == 0, fetched.Errors);
        Assert.StartsWith("50 rows of intent, captured from ", fetched.Output, StringComparison.Ordinal);
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("There are no captures of 'topics'", none.Errors, StringComparison.Ordinal);
        Assert.True(baseline.ExitCode == 0, baseline.Errors);
        Assert.Equal((50, 0), (baseline.Json.GetProperty("rows").GetInt32(), baseline.Json.GetProperty("refused").GetInt32()));
    }
}
