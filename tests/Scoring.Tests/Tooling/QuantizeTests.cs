using TestCommon;

namespace Scoring.Tests.Tooling;

public sealed class QuantizeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Quantize_Intent_DeclinesBeforeItBegins()
    {
        var run = await ToolRun.Of("quantize", IntentPackages.Original, "--out", folder.PathTo("out"), "--seconds", "0.3", "--json");

        var report = run.Json.GetProperty("report");
        Assert.Equal((2, "declined"), (run.ExitCode, report.GetProperty("verdict").GetString()));
        Assert.Contains("of a run is dispatch", report.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Contains("the file would grow", report.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, report.GetProperty("attempts").GetArrayLength());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public async Task Quantize_IntentForced_ShowsThatDecliningWasRight()
    {
        var run = await ToolRun.Of("quantize", IntentPackages.Original, "--out", folder.PathTo("out"), "--seconds", "0.3", "--force", "--json");

        var report = run.Json.GetProperty("report");
        Assert.Equal((2, "rejected"), (run.ExitCode, report.GetProperty("verdict").GetString()));
        var attempt = report.GetProperty("attempts")[0];
        Assert.False(attempt.GetProperty("limits")[0].GetProperty("kept").GetBoolean());
        Assert.True(attempt.GetProperty("compared").GetProperty("latencyRatio").GetDouble() > 1);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    // Its matrices are 50 wide: too small for INT8 to pay in time, so the weights alone are stored so.
    [SharedDataFact("models/13-tribuo-tinybert-embedder")]
    public async Task Quantize_TransformerOfOthersWeightOnly_IsSmallerAndAnswersAlike()
    {
        var run = await ToolRun.Of(
            "quantize", Checkout.SharedPathTo("models/13-tribuo-tinybert-embedder/model.onnx"), "--out", folder.PathTo("out"), "--weight-only", "--seconds", "0.5", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var attempt = run.Json.GetProperty("report").GetProperty("attempts")[0];
        Assert.True(attempt.GetProperty("limits")[0].GetProperty("found").GetDouble() < 0.5, run.Output);
        Assert.True(attempt.GetProperty("compared").GetProperty("difference").GetDouble() < 0.05, run.Output);
        Assert.Equal(attempt.GetProperty("quantizedBytes").GetInt64(), new FileInfo(folder.PathTo("out", "model.onnx")).Length);
    }
}
