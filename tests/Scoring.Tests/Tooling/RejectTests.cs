using System.Text.Json;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Tooling;

/// <summary>The least probability at which a label is named, chosen for a wanted precision.</summary>
public sealed class RejectTests : IDisposable
{
    private const int Rows = 2000;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Calibrate_MinPrecision_WritesTheLeastProbabilityThatGivesIt()
    {
        var package = Package();

        var run = await ToolRun.Of("calibrate", package, "--data", Data(), "--label", "truth", "--min-precision", "0.9", "--out", folder.PathTo("out"), "--json");

        // Of probabilities spread evenly from 0.5 to 1, each as right as it says, those above p are right by (1 + p) / 2: 0.9 from p = 0.8 on, which two of five have.
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        var reject = run.Json.GetProperty("reject");
        Assert.Equal("nothingToDo", run.Json.GetProperty("verdict").GetString());
        Assert.InRange(reject.GetProperty("minProbability").GetDouble(), 0.75, 0.85);
        Assert.InRange(reject.GetProperty("coverage").GetDouble(), 0.3, 0.5);
        Assert.InRange(reject.GetProperty("precision").GetDouble(), 0.87, 0.93);
        Assert.InRange(reject.GetProperty("accuracy").GetDouble(), 0.72, 0.78);
        using var config = JsonDocument.Parse(File.ReadAllText(folder.PathTo("out", "model.json")));
        Assert.Equal(reject.GetProperty("minProbability").GetDouble(), config.RootElement.GetProperty("minProbability").GetDouble());

        // The new package answers by it, and its golden case says so.
        Assert.Contains("\"abstained\": true", File.ReadAllText(folder.PathTo("out", "golden.json")), StringComparison.Ordinal);
        Assert.Equal(0, (await ToolRun.Of("check", folder.PathTo("out"))).ExitCode);
    }

    [Theory]
    [InlineData("0.6", 0, "Nothing need be rejected")]
    [InlineData("1.5", 1, "expected a share above 0 and below 1")]
    public async Task Calibrate_PrecisionThatIsThereOrIsNone_WritesNothing(string wanted, int exitCode, string says)
    {
        var run = await ToolRun.Of("calibrate", Package(), "--data", Data(), "--label", "truth", "--min-precision", wanted, "--out", folder.PathTo("out"));

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(says, run.Output + run.Errors, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder.PathTo("out")));
    }

    [Fact]
    public async Task Calibrate_PrecisionThatCannotBeHad_IsDeclined()
    {
        var lines = Enumerable.Range(0, 100).Select(_ => """{"x":[0.4,0.6],"truth":"a"}""");
        File.WriteAllLines(folder.PathTo("wrong.jsonl"), lines);

        var run = await ToolRun.Of(
            "calibrate", Package(), "--data", folder.PathTo("wrong.jsonl"), "--label", "truth", "--threshold", "1", "--min-precision", "0.9", "--out", folder.PathTo("out"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("No probability makes 0.9 of the labels right", run.Output, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder.PathTo("out")));
    }

    private string Package()
    {
        GraphBuilder.Echo(DataType.Float, "rows", 2).Save(folder.PathTo("model"));
        File.WriteAllText(folder.PathTo("model", "model.json"), """{"task":"classification","labels":["a","b"],"outputs":{"probabilities":"y"}}""");
        File.WriteAllText(folder.PathTo("model", "golden.json"), """{"cases":[{"instance":{"x":[0.45,0.55]},"prediction":{"label":"b"}}]}""");
        return folder.PathTo("model");
    }

    // The most probable label, b, is right as often as its probability says.
    private string Data()
    {
        var random = new Random(7);
        File.WriteAllLines(folder.PathTo("data.jsonl"), Enumerable.Range(0, Rows).Select(_ =>
        {
            var probability = 0.5f + (0.5f * random.NextSingle());
            return JsonSerializer.Serialize(new { x = new[] { 1 - probability, probability }, truth = random.NextSingle() < probability ? "b" : "a" });
        }));
        return folder.PathTo("data.jsonl");
    }
}
