using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Telemetry;
using Scoring.Tests.Serving;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary><c>model baseline</c>, and what a server then says of rows like those, and unlike them.</summary>
public sealed class BaselineTests : IDisposable
{
    private static readonly string Data = Checkout.PathTo("samples", "intent", "sessions.jsonl");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Baseline_OfIntent_WritesHistogramsThatTheRowsHaveAndServesByThem()
    {
        var run = await ToolRun.Of("baseline", IntentPackages.Original, "--data", Data, "--out", folder.PathTo("models", "intent", "1"));

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("1,000 rows.", run.Output, StringComparison.Ordinal);
        var rows = File.ReadLines(Data).Select(line => JsonNode.Parse(line)!).ToArray();
        var config = JsonNode.Parse(File.ReadAllText(folder.PathTo("models", "intent", "1", "model.json")))!;
        AssertShares(config, rows);

        await using var host = new CatalogHost(folder.PathTo("models"), folder.PathTo("cache"), configure: options => options.Probe = ProbePolicy.Never);
        await ScoreAsync(host, rows);
        Assert.All(Drift(host)["features"]!.AsArray(), feature => Assert.Equal(("stable", true), ((string?)feature!["verdict"], (double)feature["psi"]! < 0.001)));

        foreach (var row in rows)
        {
            row["Month"] = "Dec";
            row["ProductRelated"] = (double)row["ProductRelated"]! * 4;
        }

        await ScoreAsync(host, rows);
        await ScoreAsync(host, rows);
        await ScoreAsync(host, rows);
        var shifted = Drift(host)["features"]!.AsArray().Where(feature => (string?)feature!["verdict"] == "shifted").Select(feature => (string?)feature!["name"]).ToArray();
        Assert.Contains("Month", shifted);
        Assert.Contains("ProductRelated", shifted);
        Assert.DoesNotContain("Weekend", shifted);
        Assert.Equal("shifted", (string?)Drift(host)["verdict"]);
    }

    [Fact]
    public async Task Baseline_NoRowFits_WritesNothing()
    {
        File.WriteAllText(folder.PathTo("rows.jsonl"), "{\"Month\":\"Smarch\"}\n");

        var run = await ToolRun.Of("baseline", IntentPackages.Original, "--data", folder.PathTo("rows.jsonl"), "--out", folder.PathTo("out"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("No row of the data could be scored; line 1:", run.Errors, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder.PathTo("out")));
    }

    private static void AssertShares(JsonNode config, JsonNode[] rows)
    {
        var baseline = config["featureBaseline"]!;
        Assert.Equal(rows.Length, (int)baseline["rows"]!);
        Assert.Equal(config["features"]!.AsArray().Count, baseline["features"]!.AsArray().Count);
        Assert.Equal(1, config["confidenceBaseline"]!.AsArray().Sum(share => (double)share!), precision: 4);

        var month = Of("Month");
        Assert.All(month["values"]!.AsArray().Zip(month["shares"]!.AsArray()), pair =>
            Assert.Equal(rows.Count(row => (string?)row["Month"] == (string?)pair.First) / (double)rows.Length, (double)pair.Second!, precision: 6));

        var values = Of("PageValues");
        var edges = values["edges"]!.AsArray().Select(edge => (double)edge!).ToArray();
        var shares = values["shares"]!.AsArray().Select(share => (double)share!).ToArray();
        Assert.Equal(edges.Order().Distinct(), edges);
        for (var bin = 0; bin < shares.Length; bin++)
        {
            var (from, to) = (bin == 0 ? double.NegativeInfinity : edges[bin - 1], bin == edges.Length ? double.PositiveInfinity : edges[bin]);
            Assert.Equal(rows.Count(row => (float)row["PageValues"]! is var value && value > from && value <= to) / (double)rows.Length, shares[bin], precision: 6);
        }

        JsonNode Of(string name) => baseline["features"]!.AsArray().Single(feature => (string?)feature!["name"] == name)!;
    }

    private static async Task ScoreAsync(CatalogHost host, JsonNode[] rows)
    {
        using var lease = await host.Catalog.LeaseAsync("intent", null, CancellationToken.None);
        using var batch = lease.Model.RentBatch();
        var parameters = ScoreRequest.Read(Encoding.UTF8.GetBytes($$"""{"instances":[{{string.Join(',', rows.Select(row => row.ToJsonString()))}}]}"""), batch, rows.Length);
        batch.Run(CancellationToken.None);
        using var writer = new Utf8JsonWriter(Stream.Null, ScoreResponse.WriterOptions);
        ScoreResponse.Write(writer, batch, parameters, host.Get<ScoringMetrics>());
    }

    private static JsonNode Drift(CatalogHost host)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            DriftDescription.Write(writer, "intent", "1", host.Get<ScoringMetrics>());
        }

        return JsonNode.Parse(stream.ToArray())!["versions"]!.AsArray().Single()!;
    }
}
