using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Embeddings;

/// <summary>Pooling, cut, length, prefixes and encodings, by vectors that can be worked out by hand.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private const string Text = """{"name":"text","type":"text","tokenizer":{"type":"words","vocabulary":"v.txt","maxTokens":4}WINDOWS}""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The vectors of a, b and c are (3,0,0), (0,4,0) and (0,0,-12); padding has (100,100,100).
    [Theory]
    [InlineData("mean", "[[1.5,2,0],[0,0,-12],[0,0,0]]")]
    [InlineData("cls", "[[3,0,0],[0,0,-12],[0,0,0]]")]
    [InlineData("last", "[[0,4,0],[0,0,-12],[0,0,0]]")]
    [InlineData("max", "[[3,4,0],[0,0,-12],[0,0,0]]")]
    public void Score_Pooling_CountsNoPadding(string pooling, string expected)
    {
        using var model = Load(Tokens(), $$"""{"pooling":"{{pooling}}","normalize":false}""");

        Assert.Equal(expected, Vectors(model, "\"a b\",\"c\",\"\"").ToJsonString());
        Assert.Equal(JsonNode.Parse(expected)![1]!.ToJsonString(), Vectors(model, "\"c\"")[0]!.ToJsonString());
    }

    [Fact]
    public void Score_NothingSaid_IsTheMeanOfLengthOne()
    {
        using var model = Load(Tokens(), "{}");

        Assert.Equal("[[0.6,0.8,0],[0,0,-1],[0,0,0]]", Vectors(model, "\"a b\",\"c\",\"\"").ToJsonString());
    }

    [Fact]
    public void Score_Dimensions_CutsBeforeTheLengthIsMadeOne()
    {
        using var model = Load(Tokens(), """{"dimensions":2}""");

        Assert.Equal("[[1,0]]", Vectors(model, "\"a c\"").ToJsonString());
        Assert.Equal("[[1]]", Vectors(model, "\"a c\"", """{"dimensions":1}""").ToJsonString());
        Assert.Equal(3, Vectors(model, "\"a c\"", """{"dimensions":3}""")[0]!.AsArray().Count);
        Assert.Equal("found the number 4; expected a whole number from 1 to 3", model.Refused("""{"instances":["a"],"parameters":{"dimensions":4}}""").Faults[0].Detail);
    }

    [Theory]
    [InlineData(DataType.Float16)]
    [InlineData(DataType.Double)]
    [InlineData(DataType.Bfloat16)]
    public void Score_OtherFloats_ArePooledAsFloat32(DataType type)
    {
        using var model = Load(
            Table().Node("Cast", ["found"], ["last_hidden_state"], GraphBuilder.Attribute("to", (int)type)).Output("last_hidden_state", type, "rows", "n", 3), """{"normalize":false}""");

        Assert.Equal("[[1.5,2,0],[0,0,-12]]", Vectors(model, "\"a b\",\"c\"").ToJsonString());
    }

    [Fact]
    public void Score_FixedWidth_CountsNoPadding()
    {
        using var model = Load(Table(4).Node("Identity", ["found"], ["last_hidden_state"]).Output("last_hidden_state", DataType.Float, "rows", 4, 3), """{"normalize":false}""");

        Assert.Equal("[[1.5,2,0],[0,0,-12]]", Vectors(model, "\"a b\",\"c\"").ToJsonString());
    }

    [Fact]
    public void Score_GraphThatPools_IsServedAsItIs()
    {
        using var model = Load(
            Tokens().Node("ReduceMean", ["found"], ["sentence_embedding"], GraphBuilder.Attribute("axes", [1]), GraphBuilder.Attribute("keepdims", 0))
                .Output("sentence_embedding", DataType.Float, "rows", 3),
            """{"normalize":false}""");

        Assert.Equal("[[1.5,2,0]]", Vectors(model, "\"a b\"").ToJsonString());
    }

    [Fact]
    public void Score_EmbeddingBesideOtherOutputs_IsTheOneThatIsNamed()
    {
        using var model = Load(Tokens().Node("Neg", ["found"], ["other"]).Output("other", DataType.Float, "rows", "n", 3), """{"normalize":false}""", outputs: "other");

        Assert.Equal("[[-1.5,-2,0]]", Vectors(model, "\"a b\"").ToJsonString().Replace("-0.0", "0", StringComparison.Ordinal));
    }

    [Fact]
    public void Score_Encodings_HoldTheSameVector()
    {
        using var model = Load(Tokens(), """{"normalize":false,"encoding":"base64"}""");

        var bytes = Convert.FromBase64String(Vectors(model, "\"a c\"")[0]!.GetValue<string>());
        Assert.Equal([1.5f, 0, -6], MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        Assert.Equal("[[1.5,0,-6]]", Vectors(model, "\"a c\"", """{"encoding":"float"}""").ToJsonString());
        var whole = model.Score("""{"instances":["a c","c"],"parameters":{"encoding":"int8"}}""")["predictions"]!;
        Assert.Equal("[32,0,-127]", whole[0]!["embedding"]!.ToJsonString());
        Assert.Equal(6 / 127.0, whole[0]!["scale"]!.GetValue<double>(), 1e-8);
        Assert.Equal("[0,0,-127]", whole[1]!["embedding"]!.ToJsonString());
        Assert.Equal("found the text \"hex\"; expected float or base64 or int8", model.Refused("""{"instances":["a"],"parameters":{"encoding":"hex"}}""").Faults[0].Detail);
    }

    [Theory]
    [InlineData("""{"instances":["b"],"parameters":{"purpose":"query"}}""")]
    [InlineData("""{"parameters":{"purpose":"query"},"instances":["b"]}""")]
    public void Score_Purpose_PutsItsPrefixBeforeTheText(string body)
    {
        using var model = Load(Tokens(), """{"normalize":false,"prefixes":{"query":"a ","passage":""}}""");

        Assert.Equal("[1.5,2,0]", model.Score(body)["predictions"]![0]!["embedding"]!.ToJsonString());

        // The next request names none, and has none.
        Assert.Equal("[[0,4,0]]", Vectors(model, "\"b\"").ToJsonString());
        Assert.Equal("[[0,4,0]]", Vectors(model, "\"b\"", """{"purpose":"passage"}""").ToJsonString());
    }

    [Fact]
    public void Score_UsualPurpose_IsTakenWhereNoneIsNamed()
    {
        using var model = Load(Tokens(), """{"normalize":false,"prefixes":{"query":"a ","passage":""},"purpose":"query"}""");

        Assert.Equal("[[1.5,2,0]]", Vectors(model, "\"b\"").ToJsonString());
        Assert.Equal("[[0,4,0]]", Vectors(model, "\"b\"", """{"purpose":"passage"}""").ToJsonString());
        Assert.Equal("[[0,4,0]]", Vectors(model, "[2]").ToJsonString());
        Assert.Equal("/parameters/purpose", model.Refused("""{"instances":["b"],"parameters":{"purpose":"other"}}""").Faults[0].Pointer);
    }

    [Fact]
    public void Score_TooLong_IsCutAndSaysSo()
    {
        using var model = Load(Tokens(), """{"normalize":false}""");

        var predictions = model.Score("""{"instances":["a a a a b","a b"]}""")["predictions"]!;

        Assert.Equal("[3,0,0]", predictions[0]!["embedding"]!.ToJsonString());
        Assert.True(predictions[0]!["truncated"]!.GetValue<bool>());
        Assert.Null(predictions[1]!["truncated"]);
    }

    [Fact]
    public void Score_Windows_AreEmbeddedEachAndThenPooled()
    {
        using var model = Load(Tokens(), """{"normalize":false}""", ""","windows":{"most":2}""");

        var predictions = model.Score("""{"instances":["a a a a b b","a b"]}""")["predictions"]!;

        Assert.Equal("[1.5,2,0]", predictions[0]!["embedding"]!.ToJsonString());
        Assert.Equal("[1.5,2,0]", predictions[1]!["embedding"]!.ToJsonString());
        Assert.Null(predictions[0]!["truncated"]);
    }

    [Fact]
    public void Score_InfiniteVector_IsNoEmbedding()
    {
        using var model = Load(
            Table().Floats("zero", [], 0).Node("Div", ["found", "zero"], ["last_hidden_state"]).Output("last_hidden_state", DataType.Float, "rows", "n", 3), "{}");

        Assert.Equal(ErrorCode.InferenceFailed, model.Refused("""{"instances":["a b"]}""").Code);
    }

    [Fact]
    public void Score_OutputThatFollowsNoTokens_IsRefused()
    {
        using var model = Load(
            Table().Longs("starts", [1], 1).Longs("ends", [1], 100).Longs("axes", [1], 1).Node("Slice", ["found", "starts", "ends", "axes"], ["last_hidden_state"])
                .Output("last_hidden_state", DataType.Float, "rows", "m", 3),
            "{}");

        Assert.Contains("1 vectors for 2 tokens", model.Refused("""{"instances":["a b"]}""").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"pooling":"none"}""", "one vector a token")]
    [InlineData("""{"dimensions":4}""", "\"dimensions\" is 4")]
    [InlineData("""{"pooling":"median"}""", "expected none, mean, cls, last, max")]
    [InlineData("""{"purpose":"query"}""", "expected one of the prefixes")]
    [InlineData("""{"dimensions":0.5}""", "expected a whole number")]
    [InlineData("""{"pool":"mean"}""", "not a property here")]
    public void Load_ConfigThatDoesNotFit_IsRefusedWithTheReason(string embedding, string reason)
    {
        var exception = Assert.Throws<ScoringException>(() => Load(Tokens(), embedding));

        Assert.Equal(ErrorCode.ModelUnavailable, exception.Code);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DenseModule_IsRefusedUnlessTheGraphHasIt()
    {
        const string Modules = """[{"type":"sentence_transformers.models.Transformer","path":""},{"type":"sentence_transformers.models.Pooling","path":"1_Pooling"},{"type":"sentence_transformers.models.Dense","path":"2_Dense"}]""";
        Directory.CreateDirectory(folder.PathTo("model"));
        File.WriteAllText(folder.PathTo("model", "modules.json"), Modules);

        Assert.Contains("a module Dense", Assert.Throws<ScoringException>(() => Load(Tokens(), "{}")).Message, StringComparison.Ordinal);
        using var model = Load(
            Tokens().Node("ReduceMax", ["found"], ["sentence_embedding"], GraphBuilder.Attribute("axes", [1]), GraphBuilder.Attribute("keepdims", 0))
                .Output("sentence_embedding", DataType.Float, "rows", 3),
            "{}");
        Assert.Equal("[[3,4,0]]", Vectors(model, "\"a b\"").ToJsonString());
    }

    private static GraphBuilder Table(object? width = null) => new GraphBuilder()
        .Input("input_ids", DataType.Int64, "rows", width ?? "n")
        .Input("attention_mask", DataType.Int64, "rows", width ?? "n")
        .Floats("table", [4, 3], 100, 100, 100, 3, 0, 0, 0, 4, 0, 0, 0, -12)
        .Node("Gather", ["table", "input_ids"], ["found"]);

    private static GraphBuilder Tokens() => Table().Node("Identity", ["found"], ["last_hidden_state"]).Output("last_hidden_state", DataType.Float, "rows", "n", 3);

    private static JsonArray Vectors(Scored model, string instances, string parameters = "{}") =>
        [.. model.Score($$"""{"instances":[{{instances}}],"parameters":{{parameters}}}""")["predictions"]!.AsArray().Select(one => one!["embedding"]!.DeepClone())];

    private Scored Load(GraphBuilder graph, string embedding, string windows = "", string? outputs = null)
    {
        graph.Save(folder.PathTo("model"));
        var named = outputs is null ? "" : $$""","outputs":{"embedding":"{{outputs}}"}""";
        File.WriteAllText(
            folder.PathTo("model", "model.json"), $$"""{"task":"embedding","embedding":{{embedding}},"features":[{{Text.Replace("WINDOWS", windows, StringComparison.Ordinal)}}]{{named}}}""");
        File.WriteAllText(folder.PathTo("model", "v.txt"), "a\nb\nc\n");
        return Scored.Load(folder.PathTo("model"));
    }
}
