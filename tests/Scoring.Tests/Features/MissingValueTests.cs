using System.Text;
using System.Text.Json.Nodes;
using Scoring.Csv;
using Scoring.Serving;
using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Features;

/// <summary>Missing numbers of models that take NaN for one, and of models that do not.</summary>
public sealed class MissingValueTests : IDisposable
{
    private const string TwoFeatures = """{"features":[{"name":"age","type":"number","min":0},{"name":"fare","type":"number"}]}""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The column age is filled in with 30, as an imputer does; the fare is taken as it is.
    private static GraphBuilder Imputing() => new GraphBuilder()
        .Input("age", DataType.Float, "rows", 1)
        .Input("fare", DataType.Float, "rows", 1)
        .Node("Identity", ["age"], ["kept"])
        .Node("Imputer", ["kept"], ["filled"], GraphBuilder.Attribute("replaced_value_float", float.NaN), GraphBuilder.Attribute("imputed_value_floats", [30f]))
        .Node("Add", ["filled", "fare"], ["y"])
        .Output("y", DataType.Float, "rows", 1);

    private static GraphBuilder Tree(long tracks) => new GraphBuilder()
        .Input("x", DataType.Float, "rows", 2)
        .Node(
            "TreeEnsembleRegressor", ["x"], ["y"],
            GraphBuilder.Attribute("nodes_treeids", 0L, 0, 0),
            GraphBuilder.Attribute("nodes_nodeids", 0L, 1, 2),
            GraphBuilder.Attribute("nodes_featureids", 0L, 0, 0),
            GraphBuilder.Attribute("nodes_values", 5f, 0, 0),
            GraphBuilder.Attribute("nodes_modes", "BRANCH_LEQ", "LEAF", "LEAF"),
            GraphBuilder.Attribute("nodes_truenodeids", 1L, 0, 0),
            GraphBuilder.Attribute("nodes_falsenodeids", 2L, 0, 0),
            GraphBuilder.Attribute("nodes_missing_value_tracks_true", tracks, 0, 0),
            GraphBuilder.Attribute("target_treeids", 0L, 0),
            GraphBuilder.Attribute("target_nodeids", 1L, 2),
            GraphBuilder.Attribute("target_ids", 0L, 0),
            GraphBuilder.Attribute("target_weights", 10f, 20f),
            GraphBuilder.Attribute("n_targets", 1L))
        .Output("y", DataType.Float, "rows", 1);

    private Scored Load(GraphBuilder graph, string? config = null, string? golden = null)
    {
        graph.Save(folder.PathTo("model"));
        if (config is not null)
        {
            File.WriteAllText(folder.PathTo("model", "model.json"), config);
        }

        if (golden is not null)
        {
            File.WriteAllText(folder.PathTo("model", "golden.json"), golden);
        }

        return Scored.Load(folder.PathTo("model"));
    }

    private static string Outputs(JsonNode answer) => string.Join(' ', answer["predictions"]!.AsArray().Select(one => one!["outputs"]!["y"]!.ToJsonString()));

    [Theory]
    [InlineData("null")]
    [InlineData("\"NaN\"")]
    [InlineData("[null]")]
    public void Score_MissingValueOfAnInputThatIsImputed_IsFilledInByTheModel(string missing)
    {
        using var model = Load(Imputing());

        var answer = model.Score($$"""{"instances":[{"age":20,"fare":1},{"age":{{missing}},"fare":1},{"fare":1}]}""");

        Assert.Equal("[21] [31] [31]", Outputs(answer));
    }

    [Fact]
    public void Score_MissingValueOfAnInputThatIsNotImputed_IsRefusedAsEver()
    {
        using var model = Load(Imputing());

        Assert.Equal("/instances/0/fare", model.Refused("""{"instances":[{"age":20,"fare":null}]}""").Faults.Single().Pointer);
        Assert.Equal("/instances/0", model.Refused("""{"instances":[{"age":20}]}""").Faults.Single().Pointer);
        Assert.Equal(ErrorCode.InvalidValue, model.Refused("""{"instances":[20]}""").Code);
    }

    [Fact]
    public void Score_FeatureOfATreeWithAMissingTrack_TakesGaps()
    {
        using var model = Load(Tree(tracks: 1), TwoFeatures);

        Assert.Equal("[10] [20] [10] [10]", Outputs(model.Score("""{"instances":[{"age":4,"fare":1},{"age":6,"fare":1},{"fare":1},{"age":null,"fare":"NaN"}]}""")));
        Assert.Contains("or null for a missing value", model.Refused("""{"instances":[{"age":-1,"fare":0}]}""").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_FeatureOfATreeWithoutAMissingTrack_RefusesGaps()
    {
        using var model = Load(Tree(tracks: 0), TwoFeatures);

        Assert.Equal(2, model.Refused("""{"instances":[{"fare":1},{"age":null,"fare":1}]}""").Faults.Count);
    }

    [Fact]
    public void Score_MissingIsNaNByModelJson_GoesForThatFeatureAlone()
    {
        using var model = Load(Tree(tracks: 0), TwoFeatures.Replace("\"min\":0", "\"missing\":\"nan\"", StringComparison.Ordinal));

        Assert.Equal("[20]", Outputs(model.Score("""{"instances":[{"fare":1}]}""")));
        Assert.Equal("/instances/0", model.Refused("""{"instances":[{"age":1}]}""").Faults.Single().Pointer);
    }

    [Fact]
    public void Score_MissingIsRefusedByModelJson_OverrulesTheGraph()
    {
        using var model = Load(Tree(tracks: 1), TwoFeatures.Replace("\"min\":0", "\"missing\":\"refuse\"", StringComparison.Ordinal));

        Assert.Equal("/instances/0", model.Refused("""{"instances":[{"fare":1}]}""").Faults.Single().Pointer);
    }

    [Fact]
    public void Score_DefaultBesideMissing_IsTakenForWhatIsAbsentAlone()
    {
        using var model = Load(Tree(tracks: 0), TwoFeatures.Replace("\"min\":0", "\"missing\":\"nan\",\"default\":1", StringComparison.Ordinal));

        Assert.Equal("[10] [20]", Outputs(model.Score("""{"instances":[{"fare":1},{"age":null,"fare":1}]}""")));
    }

    [Fact]
    public void Score_GapInAGoldenCase_TellsThatTheModelTakesIt()
    {
        using var model = Load(Tree(tracks: 0), TwoFeatures, """{"cases":[{"instance":{"age":null,"fare":1},"prediction":{}}]}""");

        Assert.Equal("[20]", Outputs(model.Score("""{"instances":[{"age":"NaN","fare":1}]}""")));
        Assert.Equal("/instances/0/fare", model.Refused("""{"instances":[{"age":1,"fare":null}]}""").Faults.Single().Pointer);
    }

    [Fact]
    public void Load_MissingIsNaNForWholeNumbers_IsRefused()
    {
        var refused = Assert.Throws<ScoringException>(() => Load(GraphBuilder.Echo(DataType.Int64, "rows", 1), """{"features":[{"name":"n","type":"number","missing":"nan"}]}"""));

        Assert.Contains("a missing 'n' is to be NaN, which the input 'x', int64 [rows, 1], cannot hold", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_GraphThatUsesAnInputElsewhereToo_TakesNoGaps()
    {
        // The age also goes to the sum as it came, where a NaN would stay one.
        using var model = Load(new GraphBuilder()
            .Input("age", DataType.Float, "rows", 1)
            .Node("Imputer", ["age"], ["filled"], GraphBuilder.Attribute("replaced_value_float", float.NaN), GraphBuilder.Attribute("imputed_value_floats", [30f]))
            .Node("Exp", ["age"], ["grown"])
            .Node("Add", ["filled", "grown"], ["y"])
            .Output("y", DataType.Float, "rows", 1));

        Assert.Equal(ErrorCode.InvalidValue, model.Refused("""{"instances":[{"age":null}]}""").Code);
    }

    [Fact]
    public void TryAdd_BlankCell_IsAGapWhereTheModelTakesOne()
    {
        using var model = Load(Imputing());
        using var batch = model.Model.RentBatch();
        var binding = new CsvBinding(["age", "fare"], model.Model);
        var faults = new FaultList();

        Assert.True(batch.TryAdd(binding, new CsvParser().Parse(Encoding.UTF8.GetBytes(",1")), 0, faults));
        Assert.True(batch.TryAdd(binding, new CsvParser().Parse(Encoding.UTF8.GetBytes("nan,2")), 1, faults));
        Assert.False(batch.TryAdd(binding, new CsvParser().Parse(Encoding.UTF8.GetBytes("20,")), 2, faults));

        batch.Run(CancellationToken.None);
        Assert.Equal(["[31]", "[32]"], [batch.Prediction(0)["outputs"]!["y"]!.ToJsonString(), batch.Prediction(1)["outputs"]!["y"]!.ToJsonString()]);
    }

    [Fact]
    public void Score_BareNaN_IsToldHowAGapIsWritten()
    {
        using var model = Load(Imputing());

        Assert.Contains("JSON has no NaN: a missing number is null", model.Refused("""{"instances":[{"age":NaN,"fare":1}]}""").Message, StringComparison.Ordinal);
        Assert.Contains("JSON has no -Infinity", model.Refused("""{"instances":[{"age":"NaN","fare":-Infinity}]}""").Message, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", model.Refused("""{"instances":[{"age":"NaN","fare":x}]}""").Message, StringComparison.Ordinal);
    }
}
