using System.Text.Json;
using Samples.Topics;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>Small matrices: INT8 is slower, so it is declined for time and offered for size.</summary>
public sealed class QuantizeTopicsTests : IDisposable
{
    private const string Data = "data/debian_topics.jsonl.gz";
    private const int Texts = 1700;

    private static readonly string Package = Checkout.PathTo("samples", "topics", "package");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Quantize_Topics_DeclinesForTimeAndOffersSize()
    {
        var run = await ToolRun.Of("quantize", Package, "--out", folder.PathTo("int8"), "--seconds", "1", "--json");

        var report = run.Json.GetProperty("report");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(report.GetProperty("verdict").GetString(), new[] { "declined", "rejected" });
        Assert.Contains("For size alone: --", report.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [SharedDataFact(Data)]
    public async Task Quantize_TopicsForSize_KeepsLabelsAndCalibration()
    {
        var heldOut = TopicTraining.SplitOf(TopicTexts.Read(Checkout.SharedPathTo(Data))).Test.Take(Texts).ToList();
        await File.WriteAllTextAsync(folder.PathTo("held-out.jsonl"), HeldOut.ToJsonLines(heldOut));

        var run = await ToolRun.Of("quantize", Package, "--weight-only", "--data", folder.PathTo("held-out.jsonl"), "--out", folder.PathTo("int8"), "--seconds", "0.5", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var attempt = run.Json.GetProperty("report").GetProperty("attempts")[0];
        Assert.Equal(Texts, attempt.GetProperty("compared").GetProperty("compared").GetInt32());
        Assert.InRange(attempt.GetProperty("compared").GetProperty("agreement").GetDouble(), 0.99, 1);
        Assert.InRange(Found(attempt, "ECE risen"), -0.01, 0.01);
        Assert.InRange(Found(attempt, "bytes, of the original's"), 0.3, 0.55);
        Assert.Equal(0, (await ToolRun.Of("check", folder.PathTo("int8"))).ExitCode);
    }

    private static double Found(JsonElement attempt, string limit) =>
        attempt.GetProperty("limits").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == limit).GetProperty("found").GetDouble();
}
