using Scoring.Repository;
using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Inference;

/// <summary>Packages with <c>model.ort</c>.</summary>
public sealed class RuntimeFormatTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Score_ModelOfTheRuntimesFormat_Answers()
    {
        new GraphBuilder().Input("x", DataType.Float, "rows", 2).Floats("one", [1], 1).Node("Add", ["x", "one"], ["y"])
            .Output("y", DataType.Float, "rows", 2).Save(folder.PathTo("model"));
        RuntimeFormat.Convert(folder.PathTo("model"));
        using var model = Scored.Load(folder.PathTo("model"));

        Assert.Equal("""[{"outputs":{"y":[2,3]}}]""", model.Score("""{"instances":[[1,2]]}""")["predictions"]!.ToJsonString());
    }

    [Fact]
    public void Score_OperatorsOfTheExtensions_AreThere()
    {
        new GraphBuilder().Input("x", DataType.String, "rows").Extension("StringLower", ["x"], ["y"]).Output("y", DataType.String, "rows").Save(folder.PathTo("model"));
        RuntimeFormat.Convert(folder.PathTo("model"));
        using var model = Scored.Load(folder.PathTo("model"));

        Assert.Equal("""[{"outputs":{"y":"ab"}}]""", model.Score("""{"instances":["AB"]}""")["predictions"]!.ToJsonString());
    }

    [Theory]
    [InlineData(true, "left")]
    [InlineData(false, "0")]
    public void Score_GraphBesideIt_TellsWhatTheSessionDoesNot(bool isBeside, string label)
    {
        new GraphBuilder().Input("x", DataType.Float, "rows", 1)
            .Node("LinearClassifier", ["x"], ["label", "scores"], GraphBuilder.Attribute("coefficients", [-1f, 1f]), GraphBuilder.Attribute("intercepts", [0f, 0f]), GraphBuilder.Attribute("classlabels_strings", "left", "right"))
            .Output("label", DataType.String, "rows").Output("scores", DataType.Float, "rows", 2).Save(folder.PathTo("model"));
        File.WriteAllText(folder.PathTo("model", "model.json"), """{"task":"classification","outputs":{"label":"label","probabilities":"scores"}}""");
        RuntimeFormat.Convert(folder.PathTo("model"), isBeside);
        using var model = Scored.Load(folder.PathTo("model"));

        Assert.Equal(0.5, model.Score("""{"instances":[[-0.5]]}""")["predictions"]![0]!["probabilities"]![label]!.GetValue<double>());
    }

    [Fact]
    public async Task Publish_ModelOfTheRuntimesFormatAlone_IsComplete()
    {
        GraphBuilder.Echo(DataType.Float, "rows").Save(folder.PathTo("package"));
        RuntimeFormat.Convert(folder.PathTo("package"));
        var repository = PackageRepository.Open(folder.PathTo("models"), StorageConnection.OfConnectionString("UseDevelopmentStorage=true"));

        var published = await new PackagePublisher(repository).PublishAsync(folder.PathTo("package"), "m", null, makeLive: true, CancellationToken.None);

        Assert.Equal("model.ort", Assert.Single(published.Manifest.Files).Path);
        Assert.Equal(published.Manifest.Files[0].Sha256, published.Manifest.ModelSha256());
    }

    [Fact]
    public void ModelPath_BothFormats_IsThatOfTheRuntime()
    {
        GraphBuilder.Echo(DataType.Float, "rows").Save(folder.PathTo("model"));
        RuntimeFormat.Convert(folder.PathTo("model"), isBeside: true);

        Assert.Equal(folder.PathTo("model", "model.ort"), new ModelPackage("m", "1", new string('0', 64), folder.PathTo("model"), "").ModelPath);
    }
}
