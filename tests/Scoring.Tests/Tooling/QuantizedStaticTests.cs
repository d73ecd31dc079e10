using System.Text.Json;
using Google.Protobuf;
using ModelTool.Quantizing;
using Scoring.Onnx;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>INT8 by ranges that rows showed, weights in files of their own, and what spoils answers left out.</summary>
public sealed class QuantizedStaticTests : IDisposable
{
    // Products of integers are exact; scales multiply in float32, in another order.
    private const double Tolerance = 1e-4;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("MatMul", 3, 17, 5, true)]
    [InlineData("MatMul", 7, 64, 33, false)]
    [InlineData("Gemm", 5, 31, 9, true)]
    public void Rewrite_KnownRange_AgreesWithTheIntegersMultipliedHere(string type, int rows, int inner, int columns, bool perChannel)
    {
        var random = new Random(inner);
        var (weights, input) = (ProductModel.Values(random, inner * columns), ProductModel.Values(random, rows * inner));
        var model = ProductModel.Of(type, weights, inner, columns);

        ModelQuantizer.Rewrite(model, new QuantizationOptions(QuantizationMode.Static, perChannel, SevenBits: true, []) { Ranges = new Dictionary<string, InputRange> { ["x"] = new(-0.8f, 0.9f) } });

        // Unsigned, with the zero at 0 for the least value; what lies outside the range is cut.
        var scale = 1.7f / 255;
        var zero = (int)MathF.Round(0.8f / scale);
        var activations = Array.ConvertAll(input, value => Math.Clamp((int)MathF.Round(value / scale) + zero, 0, 255) - zero);
        var matrix = QuantizedMatrix.Of(weights, columns, perChannel, 64);
        var found = ProductModel.Run(model, input, rows, inner);
        for (var index = 0; index < found.Length; index++)
        {
            var (row, column) = (index / columns, index % columns);
            var sum = Enumerable.Range(0, inner).Sum(k => (long)activations[(row * inner) + k] * matrix.Values[(k * columns) + column]);
            Assert.Equal(sum * (double)scale * matrix.Scales[perChannel ? column : 0], found[index], Tolerance * inner);
        }
    }

    [Fact]
    public async Task Quantize_BothKindsAsked_TriesBothAndTakesRangesFromTheRows()
    {
        var random = new Random(4);
        var model = ProductModel.Of("MatMul", ProductModel.Values(random, 512 * 512), 512, 512);
        await File.WriteAllBytesAsync(folder.PathTo("wide.onnx"), model.ToByteArray());
        await WriteRowsAsync(random, 512, 20);

        var run = await ToolRun.Of("quantize", folder.PathTo("wide.onnx"), "--dynamic", "--static", "--data", folder.PathTo("rows.jsonl"), "--latency", "100", "--force", "--seconds", "0.3", "--out", folder.PathTo("int8"), "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var attempts = run.Json.GetProperty("report").GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal(["dynamic", "static"], attempts.Select(attempt => attempt.GetProperty("mode").GetString()));
        Assert.All(attempts, attempt => Assert.InRange(attempt.GetProperty("compared").GetProperty("difference").GetDouble(), 1e-6, 0.03));
        Assert.All(attempts, attempt => Assert.Equal(1, attempt.GetProperty("compared").GetProperty("fusedProducts").GetInt32()));
    }

    [Fact]
    public async Task Quantize_WeightsInAFileOfTheirOwn_AreTakenIn()
    {
        var random = new Random(5);
        var model = ProductModel.Of("MatMul", ProductModel.Values(random, 256 * 256), 256, 256);
        var tensor = model.Graph.Initializer[0];
        await File.WriteAllBytesAsync(folder.PathTo("weights.bin"), tensor.RawData.ToByteArray());
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "weights.bin" });
        await File.WriteAllBytesAsync(folder.PathTo("model.onnx"), model.ToByteArray());

        var run = await ToolRun.Of("quantize", folder.Root, "--weight-only", "--seconds", "0.2", "--out", folder.PathTo("..", Path.GetFileName(folder.Root) + "-int8"), "--json");

        var made = folder.Root + "-int8";
        try
        {
            Assert.Equal((0, ""), (run.ExitCode, run.Errors));
            Assert.Equal(["model.onnx"], Directory.GetFiles(made).Select(Path.GetFileName));
            Assert.InRange(new FileInfo(Path.Combine(made, "model.onnx")).Length, 256 * 256, 70_000);
        }
        finally
        {
            Directory.Delete(made, recursive: true);
        }

        File.Delete(folder.PathTo("weights.bin"));
        var without = await ToolRun.Of("quantize", folder.PathTo("model.onnx"), "--weight-only", "--out", folder.PathTo("none"));
        Assert.Equal(2, without.ExitCode);
        Assert.Contains("weights.bin", without.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quantize_OneProductSpoilsTheAnswers_IsFoundAndLeftOut()
    {
        // The first column is a thousand times the others and counts for nothing: one scale for the row rounds all the others away.
        const int Width = 128;
        var random = new Random(6);
        var spoilt = ProductModel.Values(random, Width * Width);
        Array.Clear(spoilt, 0, Width);
        var model = ProductModel.Of("MatMul", spoilt, Width, Width);
        model.Graph.Node[0].Output[0] = "between";
        model.Graph.Node[0].Name = "fragile";
        model.Graph.Initializer.Add(ProductModel.Constant("w2", ProductModel.Values(random, Width * Width), Width, Width));
        model.Graph.Node.Add(new NodeProto { OpType = "MatMul", Name = "sturdy", Input = { "between", "w2" }, Output = { "y" } });
        await File.WriteAllBytesAsync(folder.PathTo("two.onnx"), model.ToByteArray());
        await WriteRowsAsync(random, Width, 10, first: 1000);
        string[] arguments = ["quantize", folder.PathTo("two.onnx"), "--dynamic", "--data", folder.PathTo("rows.jsonl"), "--latency", "100", "--force", "--seconds", "0.2", "--out", folder.PathTo("int8"), "--json"];

        var without = await ToolRun.Of(arguments);
        var run = await ToolRun.Of([.. arguments, "--sensitive"]);

        Assert.Equal(2, without.ExitCode);
        Assert.Contains("--sensitive", without.Json.GetProperty("report").GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(["fragile: excluded"], run.Json.GetProperty("report").GetProperty("attempts")[1].GetProperty("plan").GetProperty("left").EnumerateArray().Select(left => left.GetString()));
    }

    private async Task WriteRowsAsync(Random random, int width, int count, float? first = null) =>
        await File.WriteAllLinesAsync(folder.PathTo("rows.jsonl"), Enumerable.Range(0, count).Select(_ => JsonSerializer.Serialize(new { x = (float[])[first ?? 0.5f, .. ProductModel.Values(random, width - 1)] })));
}
