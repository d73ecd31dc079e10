using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Onnx;
using Scoring.Protocol.OpenInference;
using Scoring.Serving;
using Scoring.Tests.Protocol;
using TestCommon;
using static TestCommon.GraphBuilder;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Serving;

/// <summary>Graphs as exporters write them, unnamed, misnamed and undeclared, served as instances from what they are.</summary>
public class AnyModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("[1,-2]", "[1,0]")]
    [InlineData("[[1,-2],[3,4],[-5,6]]", "[[1,0],[3,4],[0,6]]")]
    [InlineData("[[[1]],[[-2]]]", "[[[1]],[[0]]]")]
    public void Score_InputWithoutAShape_TakesRowsOfAnyRank(string instances, string outputs)
    {
        using var scored = Load(new GraphBuilder().Input("x", DataType.Float, null).Node("Relu", ["x"], ["y"]).Output("y", DataType.Float, null));

        Assert.Equal(outputs, Outputs(scored.Score($$"""{"instances":{{instances}}}"""), "y"));
        Assert.Equal(ErrorCode.ShapeMismatch, scored.Refused("""{"instances":[1,[2,3]]}""").Code);
    }

    // Numbers of ONNX's element types without a name in the schema that this project compiles.
    [Theory]
    [InlineData(14, "Complex64")]
    [InlineData(17, "Float8E4M3FN")]
    [InlineData(22, "Int4")]
    public void Load_ElementTypeThatNobodyCanSend_IsRefusedByName(int type, string name)
    {
        var refused = Assert.ThrowsAny<ScoringException>(() => Load(Echo((DataType)type, "rows", 2)));

        Assert.Equal(ErrorCode.ModelUnavailable, refused.Code);
        Assert.Contains(name, refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Score_OutputNamedUnlikeTheInput_IsSeenToFollowTheRows()
    {
        using var scored = Load(new GraphBuilder().Input("x", DataType.Float, "unk__1", 2).Node("Relu", ["x"], ["y"]).Output("y", DataType.Float, "unk__2", 2));

        Assert.Equal("[[1,0],[3,0],[0,6]]", Outputs(scored.Score("""{"instances":[[1,-2],[3,-4],[-5,6]]}"""), "y"));
        Assert.True(Assert.Single(scored.Model.RowsSeen!));
    }

    [Fact]
    public void Score_OutputOfTheValuesOwnLength_BelongsToItsInstanceAlone()
    {
        // As many positions as there are rows, by chance: a row each all the same.
        using var scored = Load(new GraphBuilder().Input("x", DataType.Float, null, 2).Node("NonZero", ["x"], ["y"]).Output("y", DataType.Int64, null, null));

        Assert.Equal("[[[0],[0]],[[0],[1]]]", Outputs(scored.Score("""{"instances":[[5,0],[0,5]]}"""), "y"));
    }

    [Fact]
    public void Score_FixedInputsOfSeveralSizes_AreTakenWholeOrRefused()
    {
        using var scored = Load(new GraphBuilder().Input("a", DataType.Float, 2, 2).Input("b", DataType.Float, 3)
            .Node("Identity", ["a"], ["p"]).Node("Identity", ["b"], ["q"]).Output("p", DataType.Float, 2, 2).Output("q", DataType.Float, 3));

        Assert.Equal("[[[1,2],[3,4]]]", Outputs(scored.Score("""{"instances":[{"a":[[1,2],[3,4]],"b":[5,6,7]}]}"""), "p"));
        Assert.Contains("expected the whole input", scored.Refused("""{"instances":[{"a":[1,2],"b":[5,6,7]}]}""").Message, StringComparison.Ordinal);
        Assert.Contains("expected the whole input", scored.Refused("""{"instances":[{"a":[1,2],"b":5}]}""").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_FixedBatch_RunsInBlocks()
    {
        using var scored = Load(Echo(DataType.Float, 4, 1));

        Assert.Equal("[[1],[2],[3],[4],[5],[6]]", Outputs(scored.Score("""{"instances":[1,2,3,4,5,6]}"""), "y"));
    }

    [Fact]
    public void Score_HundredsOfColumnsOfSeveralTypes_ComeByName()
    {
        const int Columns = 300;
        var graph = new GraphBuilder();
        for (var index = 0; index < Columns; index++)
        {
            var type = (index % 3) switch { 0 => DataType.Float, 1 => DataType.Int64, _ => DataType.String };
            graph.Input($"column {index}", type, null, 1).Node("Identity", [$"column {index}"], [$"y{index}"]).Output($"y{index}", type, null, 1);
        }

        using var scored = Load(graph);
        var instance = new JsonObject(Enumerable.Range(0, Columns).Select(index => KeyValuePair.Create(
            $"column {index}", (JsonNode?)((index % 3) switch { 0 => index + 0.5, 1 => index, _ => JsonValue.Create(index.ToString(CultureInfo.InvariantCulture)) }))));

        var answer = scored.Score(new JsonObject { ["instances"] = new JsonArray(instance, instance.DeepClone()) }.ToJsonString());

        Assert.Equal("[297.5]", answer["predictions"]![1]!["outputs"]!["y297"]!.ToJsonString());
        Assert.Equal("[298]", answer["predictions"]![1]!["outputs"]!["y298"]!.ToJsonString());
        Assert.Equal("[\"299\"]", answer["predictions"]![1]!["outputs"]!["y299"]!.ToJsonString());
    }

    [Fact]
    public void Score_ProbabilitiesInATensor_AreNamedAsTheGraphNamesItsClasses()
    {
        var coefficients = new AttributeProto { Name = "coefficients", Type = AttributeProto.Types.AttributeType.Floats, Floats = { 1, -1 } };
        var intercepts = new AttributeProto { Name = "intercepts", Type = AttributeProto.Types.AttributeType.Floats, Floats = { 0, 0 } };
        using var scored = Load(new GraphBuilder().Input("x", DataType.Float, null, 1)
            .Node("LinearClassifier", ["x"], ["raw", "probabilities"], Attribute("classlabels_strings", "ham", "spam"), coefficients, intercepts)
            .Node("Identity", ["raw"], ["label"]).Output("label", DataType.String, [null]).Output("probabilities", DataType.Float, null, 2));

        var prediction = scored.Score("""{"instances":[[2]]}""")["predictions"]![0]!;

        Assert.Equal("""{"label":"ham","probability":2,"probabilities":{"ham":2,"spam":-2}}""", prediction.ToJsonString());
    }

    [Fact]
    public void Score_OneRowThatTheModelRefuses_IsNamedAlone()
    {
        using var scored = Load(new GraphBuilder().Input("i", DataType.Int64, "n").Floats("t", [3], 1, 2, 3).Node("Gather", ["t", "i"], ["y"]).Output("y", DataType.Float, "n"));

        var refused = scored.Refused("""{"instances":[0,7,2]}""");

        Assert.Equal(ErrorCode.InvalidValue, refused.Code);
        Assert.Equal("/instances/1", Assert.Single(refused.Faults).Pointer);
        Assert.Contains("idx=7", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_RowsThatTheModelTakesOneByOneOnly_AreAllAnswered()
    {
        // An exporter fixed the batch inside the graph and left it open at the ends.
        using var scored = Load(new GraphBuilder().Input("x", DataType.Float, "n", 2).Longs("s", [2], 1, 2).Node("Reshape", ["x", "s"], ["y"]).Output("y", DataType.Float, "n", 2));

        Assert.Equal("[[1,2],[3,4]]", Outputs(scored.Score("""{"instances":[[1,2],[3,4]]}"""), "y"));
    }

    [Fact]
    public void Score_SequencesAndMaps_ComeFromArraysAndObjects()
    {
        using var sequence = Load(new GraphBuilder().Input("s", SequenceOf(Tensor(DataType.Float, null))).Node("ConcatFromSequence", ["s"], ["y"], Attribute("axis", 0L)).Output("y", DataType.Float, [null]));
        using var map = Load(new GraphBuilder().Input("m", MapOf(DataType.String, DataType.Float)).Node("DictVectorizer", ["m"], ["y"], Attribute("string_vocabulary", "a", "b", "c")).Output("y", DataType.Float, 1, 3));

        Assert.Equal("[[1,2,3]]", Outputs(sequence.Score("""{"instances":[{"s":[[1],[2,3]]}]}"""), "y"));
        Assert.Equal("[[2,0,5]]", Outputs(map.Score("""{"instances":[{"c":5,"a":2}]}"""), "y"));
    }

    [Fact]
    public void Score_SequenceWithoutItems_IsAnAnswer()
    {
        var texts = SequenceOf(Tensor(DataType.String, [null]));
        using var scored = Load(new GraphBuilder().Input("x", DataType.Float, null, 1).Node("Identity", ["x"], ["y"]).Node("SequenceEmpty", [], ["s"], Attribute("dtype", (long)DataType.String))
            .Output("y", DataType.Float, null, 1).Output("s", texts));

        Assert.Equal("[[]]", Outputs(scored.Score("""{"instances":[[1]]}"""), "s"));
        Assert.Equal(
            """[{"name":"s","datatype":"BYTES","shape":[0],"data":[]}]""",
            Infer(scored.Model, """{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[1]}],"outputs":[{"name":"s"}]}"""));
    }

    [Fact]
    public void Score_OptionalThatTheGraphReadsUnasked_IsRequired()
    {
        var optional = new TypeProto { OptionalType = new TypeProto.Types.Optional { ElemType = Tensor(DataType.Float, [null]) } };
        using var read = Load(new GraphBuilder().Input("o", optional).Node("OptionalGetElement", ["o"], ["y"]).Output("y", DataType.Float, [null]));
        using var asked = Load(new GraphBuilder().Input("o", optional).Node("OptionalHasElement", ["o"], ["y"]).Output("y", DataType.Bool, []));

        Assert.Equal(ErrorCode.MissingFeature, read.Refused("""{"instances":[{}]}""").Code);
        Assert.Equal("[1,2]", Outputs(read.Score("""{"instances":[{"o":1},{"o":2}]}"""), "y"));
        Assert.Equal("[true]", Outputs(asked.Score("""{"instances":[{"o":[1,2]}]}"""), "y"));
        Assert.Equal("[false]", Outputs(asked.Score("""{"instances":[{}]}"""), "y"));
    }

    [Theory]
    [InlineData("""{"instances":[]}""", "[]")]
    [InlineData("""{"instances":[[]]}""", "[[]]")]
    [InlineData("""{"instances":[[],[]]}""", "[[],[]]")]
    public void Score_RowsWithoutElements_AreRows(string body, string outputs)
    {
        using var scored = Load(Echo(DataType.Float, "n", "m"));

        Assert.Equal(outputs, Outputs(scored.Score(body), "y"));
    }

    [Fact]
    public void Score_ScalarOfEveryInstance_IsAnswered()
    {
        using var scored = Load(new GraphBuilder().Input("x", DataType.Float, "n", 2).Node("ReduceSum", ["x"], ["y"], Attribute("keepdims", 0L)).Output("y", DataType.Float, []));

        Assert.Equal("[3,7]", Outputs(scored.Score("""{"instances":[[1,2],[3,4]]}"""), "y"));
    }

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected virtual Scored Open(string package) => Scored.Load(package);

    private static string Infer(LoadedModel model, string body)
    {
        using var request = InferRequest.Read(model, Encoding.UTF8.GetBytes(body));
        using var response = request.Run(null);
        using var answer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(answer))
        {
            response.WriteJson(writer);
        }

        return JsonNode.Parse(answer.ToArray())!["outputs"]!.ToJsonString();
    }

    private static string Outputs(JsonNode answer, string name)
        => new JsonArray([.. answer["predictions"]!.AsArray().Select(prediction => prediction!["outputs"]![name]!.DeepClone())]).ToJsonString();

    private Scored Load(GraphBuilder graph)
    {
        var scored = Open(graph.Save(folder.PathTo(Guid.NewGuid().ToString("N"))));
        scored.Model.WarmUp();
        return scored;
    }
}
