using System.Text.Json;
using Scoring.Bench.Measuring;
using TestCommon;

namespace Scoring.Tests.Tooling;

public sealed class AdviseTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Advise_Intent_StopsForAllThreeReasons()
    {
        var run = await ToolRun.Of("advise", IntentPackages.Original, "--seconds", "0.3", "--json");

        Assert.Equal((0, "stop"), (run.ExitCode, Verdict(run)));
        Assert.True(Rule(run, "slo"));
        Assert.True(Rule(run, "saving"));
        Assert.True(Rule(run, "size"));
        Assert.Null(Rule(run, "calibration"));
    }

    [SharedDataFact("data/online_shoppers_intention.csv")]
    public async Task Advise_OverconfidentIntent_CalibratesFirst()
    {
        var spoilt = IntentPackages.WriteOverconfident(folder.PathTo("spoilt"), 5);

        var run = await ToolRun.Of("advise", spoilt, "--data", IntentPackages.Sessions, "--seconds", "0.1", "--json");

        Assert.Equal((0, "calibrate"), (run.ExitCode, Verdict(run)));
        Assert.False(Rule(run, "calibration"));
    }

    [SharedDataFact("data/online_shoppers_intention.csv")]
    public async Task Advise_IntentWithData_TrustsItAndStops()
    {
        var run = await ToolRun.Of("advise", IntentPackages.Original, "--data", IntentPackages.Sessions, "--seconds", "0.1", "--json");

        Assert.Equal("stop", Verdict(run));
        Assert.True(Rule(run, "calibration"));
    }

    // The SLOs are a thousandth and a thousand times what any machine takes for it. Its matrices are 50 wide, about as
    // dear as the rest of it: whether INT8 or other work is named next is the machine's to say.
    [SharedDataTheory("models/13-tribuo-tinybert-embedder")]
    [InlineData("0.001", "50", "go on")]
    [InlineData("0.001", "0.00001", "stop")]
    [InlineData("100000", "50", "stop")]
    public async Task Advise_TransformerOfOthers_GoesBySloAndTraffic(string slo, string traffic, string verdict)
    {
        var run = await ToolRun.Of(
            "advise", Checkout.SharedPathTo("models/13-tribuo-tinybert-embedder/model.onnx"), "--sequence", "64", "--slo", slo, "--traffic", traffic, "--seconds", "0.5", "--json");

        Assert.Equal((0, verdict == "stop"), (run.ExitCode, Verdict(run) == "stop"));
        Assert.Equal(slo == "100000", Rule(run, "slo"));
        Assert.False(Rule(run, "size"));
    }

    // The SLO is a thousandth of what any machine takes for it; a request a day is one in 86,400 seconds.
    [Theory]
    [InlineData("20", "quantize")]
    [InlineData("0.0000116", "stop")]
    public async Task Advise_EncoderOfBertsShape_QuantizesWhereTrafficPaysForIt(string traffic, string verdict)
    {
        await File.WriteAllBytesAsync(folder.PathTo("encoder.onnx"), new EncoderModel(1, 384, 2000).ToOnnx());

        var run = await ToolRun.Of("advise", folder.PathTo("encoder.onnx"), "--sequence", "64", "--slo", "0.001", "--traffic", traffic, "--seconds", "0.5", "--json");

        Assert.Equal((0, verdict), (run.ExitCode, Verdict(run)));
        Assert.Equal((false, verdict == "stop"), (Rule(run, "slo"), Rule(run, "saving")));
    }

    private static string? Verdict(ToolRun run) => run.Json.GetProperty("verdict").GetString();

    private static bool? Rule(ToolRun run, string name)
    {
        var rule = run.Json.GetProperty("rules").EnumerateArray().Single(rule => rule.GetProperty("name").GetString() == name);
        return rule.TryGetProperty("stops", out var stops) && stops.ValueKind != JsonValueKind.Null ? stops.GetBoolean() : null;
    }
}
