using System.Text.Json;
using ModelTool.Models;
using Scoring.Inference;
using TestCommon;

namespace Scoring.Tests.Tooling;

public sealed class OptimizeTests : IDisposable
{
    private const string Transformer = "models/13-tribuo-tinybert-embedder";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The bounds of time are out of the way: what a busy machine measures is not the subject.
    [SharedDataTheory(Transformer)]
    [InlineData("portable")]
    [InlineData("here")]
    public async Task Optimize_TransformerOfOthers_SavesFewerOperatorsThatAnswerAlike(string target)
    {
        var model = Checkout.SharedPathTo(Transformer + "/model.onnx");

        var run = await ToolRun.Of("optimize", model, "--target", target, "--load", "1000", "--latency", "1000", "--seconds", "0.2", "--out", folder.PathTo("out"), "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var report = run.Json.GetProperty("report");
        Assert.Equal(Operators(model), report.GetProperty("found").GetProperty("operatorsBefore").GetInt32());
        Assert.True(Operators(folder.PathTo("out", "model.onnx")) < Operators(model));
        Assert.All(report.GetProperty("found").GetProperty("nodes").EnumerateArray(), node => Assert.Equal("CPUExecutionProvider", node.GetProperty("provider").GetString()));
        Assert.InRange(report.GetProperty("compared").GetProperty("difference").GetDouble(), 0, 1e-4);
        using var config = JsonDocument.Parse(await File.ReadAllBytesAsync(folder.PathTo("out", "model.json")));
        Assert.Equal("none", config.RootElement.GetProperty("session").GetProperty("optimization").GetString());
        Assert.Equal(0, (await ToolRun.Of("check", folder.PathTo("out"))).ExitCode);
    }

    [SharedDataFact(Transformer)]
    public async Task Optimize_NotWorthIt_KeepsTheOriginal()
    {
        var run = await ToolRun.Of("optimize", Checkout.SharedPathTo(Transformer + "/model.onnx"), "--load", "0.00001", "--seconds", "0.2", "--out", folder.PathTo("out"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Rejected: median time to load, of the original's", run.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [Theory]
    [InlineData("openvino", "Intel.ML.OnnxRuntime.OpenVino")]
    [InlineData("tensorrt", "Microsoft.ML.OnnxRuntime.Gpu")]
    [InlineData("cuda", "Microsoft.ML.OnnxRuntime.Gpu")]
    [InlineData("abacus", "'abacus' is not an execution provider")]
    public async Task Optimize_ProviderThatIsNotHere_IsRefusedWithWhatToInstall(string provider, string expected)
    {
        if (ExecutionProviders.Available().Contains(provider))
        {
            return;
        }

        var run = await ToolRun.Of("optimize", IntentPackages.Original, "--provider", $"{provider},cpu", "--out", folder.PathTo("out"));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    private static int Operators(string path) => ModelFile.AllNodes(ModelFile.Read(path).Graph).Count();
}
