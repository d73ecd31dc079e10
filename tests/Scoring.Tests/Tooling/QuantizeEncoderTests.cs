using System.Text.Json;
using Scoring.Bench.Measuring;
using TestCommon;
using Xunit.Abstractions;

namespace Scoring.Tests.Tooling;

/// <summary>An encoder of BERT's shape becomes INT8: a quarter of the bytes, two thirds of the time at most, the same answers.</summary>
public sealed class QuantizeEncoderTests(ITestOutputHelper output) : IDisposable
{
    // Answers of 8-bit products through a few layers, as measured: 0.009 to 0.014 of their size.
    private const double Difference = 0.03;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [VnniFact]
    public Task Quantize_OneLayer_IsAQuarterAndFaster() => QuantizeAsync(new EncoderModel(1, 384, 2000), rows: 10, seconds: "1");

    [VnniFact]
    [Trait("Category", "Proof")]
    public Task Quantize_TenMillionParameters_IsAQuarterAndFaster() => QuantizeAsync(EncoderModel.TenMillion, rows: 50, seconds: "10");

    private async Task QuantizeAsync(EncoderModel encoder, int rows, string seconds)
    {
        await File.WriteAllBytesAsync(folder.PathTo("encoder.onnx"), encoder.ToOnnx());
        var random = new Random(3);
        await File.WriteAllLinesAsync(folder.PathTo("ids.jsonl"), Enumerable.Range(0, rows).Select(_ => JsonSerializer.Serialize(new { ids = Enumerable.Range(0, 128).Select(_ => random.Next(encoder.Terms)) })));

        var run = await ToolRun.Of("quantize", folder.PathTo("encoder.onnx"), "--dynamic", "--data", folder.PathTo("ids.jsonl"), "--seconds", seconds, "--out", folder.PathTo("int8"), "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var report = run.Json.GetProperty("report");
        var attempt = Assert.Single(report.GetProperty("attempts").EnumerateArray());
        var compared = attempt.GetProperty("compared");
        var bytes = (double)new FileInfo(folder.PathTo("int8", "model.onnx")).Length / new FileInfo(folder.PathTo("encoder.onnx")).Length;
        var (latency, difference) = (compared.GetProperty("latencyRatio").GetDouble(), compared.GetProperty("difference").GetDouble());
        output.WriteLine(FormattableString.Invariant($"INT8 encoder: bytes {bytes:0.000}, latency at one row {latency:0.00} of float32, answers off by {difference:0.0000}, {rows} rows."));
        Assert.InRange(bytes, 0.2, 0.30);
        Assert.InRange(latency, 0.01, 0.67);
        Assert.InRange(difference, 1e-6, Difference);
        Assert.Equal(attempt.GetProperty("plan").GetProperty("products").GetInt32(), compared.GetProperty("fusedProducts").GetInt32());
    }
}
