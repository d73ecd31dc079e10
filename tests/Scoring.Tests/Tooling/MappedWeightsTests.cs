using ModelTool.Packages;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Tooling;

public sealed class MappedWeightsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Move_LargeWeight_LiesOutsideAndAnswersTheSame()
    {
        var package = Package();

        using var moved = MappedWeights.Move(package, maxInside: 1000);

        Assert.NotNull(moved);
        Assert.Equal(1024 * sizeof(float), new FileInfo(Path.Combine(moved.Folder, "model.onnx.mapped")).Length);
        Assert.InRange(new FileInfo(Path.Combine(moved.Folder, "model.onnx")).Length, 1, 1000);
        Assert.Equal(Answer(package), Answer(moved.Folder));
    }

    [Fact]
    public void Move_Twice_GivesTheSameBytes()
    {
        var package = Package();

        using var once = MappedWeights.Move(package, maxInside: 1000);
        using var again = MappedWeights.Move(package, maxInside: 1000);

        Assert.Equal(File.ReadAllBytes(Path.Combine(once!.Folder, "model.onnx")), File.ReadAllBytes(Path.Combine(again!.Folder, "model.onnx")));
    }

    [Fact]
    public void Move_NothingLarge_LeavesThePackage()
    {
        using var moved = MappedWeights.Move(Package());

        Assert.Null(moved);
    }

    public void Dispose() => folder.Dispose();

    private string Package() => new GraphBuilder()
        .Input("x", DataType.Float, "rows", 32)
        .Floats("w", [32, 32], [.. Enumerable.Range(0, 1024).Select(index => (float)(index % 8))])
        .Node("MatMul", ["x", "w"], ["y"])
        .Output("y", DataType.Float, "rows", 32)
        .Save(folder.PathTo("package"));

    private static string Answer(string package)
    {
        using var model = LoadedModel.Load(new ModelPackage("heavy", "1", "", package, "test"), SessionSettings.Plain);
        using var batch = model.RentBatch();
        var row = string.Join(',', Enumerable.Range(0, 32));
        Scoring.Protocol.ScoreRequest.Read(System.Text.Encoding.UTF8.GetBytes($$"""{"instances":[[{{row}}]]}"""), batch, 1);
        batch.Run(CancellationToken.None);
        using var stream = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(stream))
        {
            batch.WritePrediction(writer, 0, topK: null);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
