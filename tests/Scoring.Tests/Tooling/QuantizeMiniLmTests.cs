using System.Text.Json;
using TestCommon;
using Xunit.Abstractions;

namespace Scoring.Tests.Tooling;

/// <summary>The best-known small encoder: its dynamic INT8 is accepted by default, with the figures that are known of it.</summary>
public sealed class QuantizeMiniLmTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [MiniLmFact]
    public Task Quantize_MiniLmDynamic_IsAccepted() => QuantizeAsync(40, "0.5", "--dynamic");

    [MiniLmFact]
    [Trait("Category", "Proof")]
    public Task Quantize_MiniLm_TriesAllKindsAndAcceptsTheDynamic() => QuantizeAsync(400, "3");

    private async Task QuantizeAsync(int texts, string seconds, params string[] options)
    {
        var (package, rows) = (MiniLm.Write(folder.PathTo("minilm")), MiniLm.WriteTexts(folder.PathTo("texts.jsonl"), texts));

        var run = await ToolRun.Of(["quantize", package, "--data", rows, "--label", "section", "--seconds", seconds, "--out", folder.PathTo("int8"), "--json", .. options]);

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        var report = run.Json.GetProperty("report");
        Assert.Equal("dynamic", report.GetProperty("chosen").GetString());
        var attempt = report.GetProperty("attempts")[0];
        var vectors = attempt.GetProperty("compared").GetProperty("outputs")[0].GetProperty("vectors");
        var (cosine, neighbour) = (vectors.GetProperty("cosine").GetDouble(), vectors.GetProperty("neighbour"));
        output.WriteLine(FormattableString.Invariant($"MiniLM dynamic: {attempt.GetProperty("quantizedBytes").GetInt64() / 1e6:0.0} MB, {attempt.GetProperty("compared").GetProperty("latencyRatio").GetDouble():0.00} of the time, cosine {cosine:0.0000}, min {vectors.GetProperty("minCosine").GetDouble():0.0000}, nearest neighbour's label {neighbour.GetProperty("original").GetDouble():0.000} then {neighbour.GetProperty("changed").GetDouble():0.000}, top ten {vectors.GetProperty("sameTopTen").GetDouble():0.000}, {texts} texts."));
        Assert.InRange(attempt.GetProperty("quantizedBytes").GetInt64() / 1e6, 22.9, 23.1);
        Assert.InRange(cosine, 0.99, 0.997);
        Assert.InRange(vectors.GetProperty("sameTopTen").GetDouble(), 0.8, 1);
        Assert.Equal(37, attempt.GetProperty("compared").GetProperty("fusedProducts").GetInt32());
        Assert.All(attempt.GetProperty("limits").EnumerateArray().Select(limit => (JsonElement?)limit), limit => Assert.True(limit!.Value.GetProperty("kept").GetBoolean(), limit.Value.ToString()));
        Assert.True(File.Exists(folder.PathTo("int8", "vocab.txt")));
    }
}
