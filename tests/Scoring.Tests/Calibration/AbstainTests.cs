using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving.Probing;
using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Calibration;

/// <summary>Classifications that name no label where none is probable enough.</summary>
public sealed class AbstainTests : IDisposable
{
    private const string Config = """{"task":"classification","labels":["a","b"],"outputs":{"probabilities":"y"},"minProbability":0.75}""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Score_BelowTheLeast_NamesNoLabelAndTellsTheProbabilities()
    {
        using var model = Load(Config);

        var predictions = model.Score("""{"instances":[[0.25,0.75],[0.5,0.5]]}""")["predictions"]!;

        Assert.Equal("""{"label":"b","probability":0.75,"probabilities":{"a":0.25,"b":0.75}}""", predictions[0]!.ToJsonString());
        Assert.Equal("""{"label":null,"abstained":true,"probability":0.5,"probabilities":{"a":0.5,"b":0.5}}""", predictions[1]!.ToJsonString());
    }

    [Fact]
    public void Score_LabelOfTheModelsOwn_IsLeftOutToo()
    {
        new GraphBuilder().Input("x", DataType.Float, "rows", 2)
            .Node("Identity", ["x"], ["probabilities"]).Output("probabilities", DataType.Float, "rows", 2)
            .Node("ArgMax", ["x"], ["label"], GraphBuilder.Attribute("axis", 1), GraphBuilder.Attribute("keepdims", 0)).Output("label", DataType.Int64, "rows")
            .Save(folder.PathTo("model"));
        File.WriteAllText(folder.PathTo("model", "model.json"), """{"minProbability":0.75}""");
        using var model = Scored.Load(folder.PathTo("model"));

        var predictions = model.Score("""{"instances":[[0.25,0.75],[0.5,0.5]]}""")["predictions"]!;

        Assert.Equal(1, (int?)predictions[0]!["label"]);
        Assert.Null(predictions[1]!["label"]);
        Assert.True((bool?)predictions[1]!["abstained"]);
    }

    [Theory]
    [InlineData("""{"label":null,"abstained":true}""", true)]
    [InlineData("""{"label":"a"}""", false)]
    public void Trial_GoldenCaseThatAbstains_IsCompared(string prediction, bool passes)
    {
        Save(Config);
        File.WriteAllText(folder.PathTo("model", "golden.json"), $$"""{"cases":[{"instance":[0.5,0.5],"prediction":{{prediction}}}]}""");

        var report = new PackageTrial(TextWriter.Null, TimeProvider.System).Run(new ModelPackage("m", "1", "", folder.PathTo("model"), "test"), SessionSettings.Plain, warmsUp: true);

        Assert.Equal(passes, report.Passed);
    }

    [Fact]
    public void Schema_ModelThatAbstains_TypesALabelThatMayBeNull()
    {
        using var model = Load(Config);

        var properties = ModelJsonSchema.Prediction(model.Model)["properties"]!;

        Assert.Equal("""{"type":["string","null"],"enum":["a","b",null]}""", properties["label"]!.ToJsonString());
        Assert.Equal("boolean", (string?)properties["abstained"]!["type"]);
    }

    [Theory]
    [InlineData("""{"task":"regression","minProbability":0.5}""", "expected \"task\": \"classification\"")]
    [InlineData("""{"minProbability":0.5}""", "\"minProbability\" needs the task classification")]
    [InlineData("""{"task":"classification","outputs":{"probabilities":"y"},"minProbability":1.5}""", "expected 0 to 1")]
    public void Load_WhereNoneIsToBeHad_IsRefused(string config, string reason) =>
        Assert.Contains(reason, Assert.Throws<ScoringException>(() => Load(config)).Message, StringComparison.Ordinal);

    private Scored Load(string config)
    {
        Save(config);
        return Scored.Load(folder.PathTo("model"));
    }

    private void Save(string config)
    {
        GraphBuilder.Echo(DataType.Float, "rows", 2).Save(folder.PathTo("model"));
        File.WriteAllText(folder.PathTo("model", "model.json"), config);
    }
}
