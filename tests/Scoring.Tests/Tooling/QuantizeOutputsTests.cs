using System.Text.Json;
using Google.Protobuf;
using Scoring.Onnx;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>Each output is judged by itself, and only by what means something for it.</summary>
public sealed class QuantizeOutputsTests : IDisposable
{
    private const int Width = 256;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The first feature is a thousand times the others: it rounds them all away in the product, and alone makes the second output.
    [Fact]
    public async Task Quantize_LargeOutputBesideARuinedOne_IsRejectedForTheRuinedOne()
    {
        await WriteAsync(first: 1000, factor: 1e6f);

        var run = await QuantizeAsync();

        var report = run.Json.GetProperty("report");
        Assert.Equal((2, "rejected"), (run.ExitCode, report.GetProperty("verdict").GetString()));
        var failed = Limits(report).Where(limit => !limit.Kept).Select(limit => limit.Name).ToList();
        Assert.NotEmpty(failed);
        Assert.All(failed, name => Assert.EndsWith("of score", name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quantize_SoundOutputs_AreAcceptedWithoutALineOnLabels()
    {
        await WriteAsync(first: 1, factor: 1);

        var run = await QuantizeAsync();

        var report = run.Json.GetProperty("report");
        Assert.Equal((0, "accepted"), (run.ExitCode, report.GetProperty("verdict").GetString()));
        Assert.DoesNotContain("same label", Limits(report).Select(limit => limit.Name));
        Assert.Contains(Limits(report), limit => limit.Name.EndsWith("of amount", StringComparison.Ordinal));
    }

    private Task<ToolRun> QuantizeAsync() => ToolRun.Of(
        "quantize", folder.PathTo("two.onnx"), "--dynamic", "--data", folder.PathTo("rows.jsonl"), "--latency", "100", "--force", "--seconds", "0.1", "--out", folder.PathTo("int8"), "--json");

    private static List<(string Name, bool Kept)> Limits(JsonElement report) =>
        [.. report.GetProperty("attempts")[0].GetProperty("limits").EnumerateArray().Select(limit => (limit.GetProperty("name").GetString()!, limit.GetProperty("kept").GetBoolean()))];

    private async Task WriteAsync(float first, float factor)
    {
        var random = new Random(8);
        var weights = ProductModel.Values(random, Width * Width);
        Array.Clear(weights, 0, Width);
        var model = ProductModel.Of("MatMul", weights, Width, Width);
        model.Graph.Node[0].Output[0] = "score";
        model.Graph.Output[0].Name = "score";
        var pick = new float[Width];
        pick[0] = factor;
        model.Graph.Initializer.Add(ProductModel.Constant("pick", pick, Width));
        model.Graph.Initializer.Add(new TensorProto { Name = "axes", DataType = (int)TensorProto.Types.DataType.Int64, Dims = { 1 }, Int64Data = { 1 } });
        model.Graph.Node.Add(new NodeProto { OpType = "Mul", Name = "times", Input = { "x", "pick" }, Output = { "picked" } });
        model.Graph.Node.Add(new NodeProto { OpType = "ReduceSum", Name = "sum", Input = { "picked", "axes" }, Output = { "amount" } });
        model.Graph.Output.Add(ProductModel.Value("amount", "rows", 1));
        await File.WriteAllBytesAsync(folder.PathTo("two.onnx"), model.ToByteArray());
        await File.WriteAllLinesAsync(folder.PathTo("rows.jsonl"), Enumerable.Range(0, 40).Select(_ => JsonSerializer.Serialize(new { x = (float[])[first * (1 + random.NextSingle()), .. ProductModel.Values(random, Width - 1)] })));
    }
}
