using System.Text.Json;
using System.Xml.Linq;
using TestCommon;

namespace Scoring.Tests.Tooling;

public sealed class TuneTests : IDisposable
{
    private const string Transformer = "models/13-tribuo-tinybert-embedder";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // 512 rows take hundreds of times as long as one. The promise lies between the two, far from both, whatever else the machine does meanwhile.
    [SharedDataFact(Transformer)]
    public async Task Tune_BatchLimitBreaksThePromise_FindsOneThatKeepsItAndWritesIt()
    {
        var model = Checkout.SharedPathTo(Transformer + "/model.onnx");
        var bench = await ToolRun.Of("bench", model, "--rows", "1", "512", "--seconds", "0.2", "--sequence", "16", "--json");
        var p50 = bench.Json.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("latency").GetProperty("p50Microseconds").GetDouble()).ToArray();
        var slo = FormattableString.Invariant($"{Math.Sqrt(p50[0] * p50[1]) / 1000:0.######}");
        string[] arguments = ["tune", model, "--slo", slo, "--threads", "1", "--rows", "1", "512", "--no-int8", "--sequence", "16", "--seconds", "0.05", "--state", folder.PathTo("state"), "--json", "--out"];

        var run = await ToolRun.Of([.. arguments, folder.PathTo("tuned")]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var report = run.Json.GetProperty("report");
        Assert.Equal((512, "tuned"), (Rows(report, "now"), report.GetProperty("verdict").GetString()));
        Assert.Equal(1, Rows(report, "chosen"));
        using var config = JsonDocument.Parse(await File.ReadAllBytesAsync(folder.PathTo("tuned", "model.json")));
        Assert.Equal(1, config.RootElement.GetProperty("maxRows").GetInt32());
        var chosen = report.GetProperty("chosen").GetProperty("setting");
        var session = config.RootElement.GetProperty("session");
        Assert.Equal(("1", chosen.GetProperty("optimization").GetString(), "False"), (session.GetProperty("threads").ToString(), session.GetProperty("optimization").GetString(), session.GetProperty("spinning").ToString()));
        Assert.Contains("polyline", XDocument.Load(folder.PathTo("tuned", "tuning.svg")).Root!.Elements().Select(element => element.Name.LocalName));
        Assert.Equal(0, (await ToolRun.Of("check", folder.PathTo("tuned"))).ExitCode);

        // As if it had been killed while it wrote its third measurement.
        var lines = await File.ReadAllLinesAsync(folder.PathTo("state"));
        await File.WriteAllTextAsync(folder.PathTo("state"), string.Join('\n', lines[..3]) + "\n" + lines[3][..20]);
        var again = await ToolRun.Of([.. arguments, folder.PathTo("again")]);

        Assert.Equal((0, ""), (again.ExitCode, again.Errors));
        Assert.Equal(2, again.Json.GetProperty("report").GetProperty("resumed").GetInt32());
        Assert.Equal(lines[..3], (await File.ReadAllLinesAsync(folder.PathTo("state")))[..3]);
    }

    private static int Rows(JsonElement report, string which) => report.GetProperty(which).GetProperty("setting").GetProperty("rows").GetInt32();
}
