using Scoring.Configuration;
using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Features;

/// <summary>Rows that a tokenizer.json fills up before their ids, as models are trained that look at a text's last token.</summary>
public sealed class LeftPaddingTests : IDisposable
{
    private const string Tokenizer = """
        {"version":"1.0","added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":null,
         "padding":{"strategy":"BatchLongest","direction":"Left","pad_to_multiple_of":null,"pad_id":9,"pad_type_id":0,"pad_token":"<pad>"},
         "model":{"type":"WordLevel","unk_token":"<unk>","vocab":{"<unk>":0,"a":1,"b":2,"c":3}}}
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Score_TextsOfDifferingLengths_AreFilledUpBeforeTheirIds()
    {
        using var model = Load(new GraphBuilder().Input("input_ids", DataType.Int64, "rows", "n").Input("attention_mask", DataType.Int64, "rows", "n").Input("token_type_ids", DataType.Int64, "rows", "n")
            .Node("Identity", ["input_ids"], ["ids"]).Node("Identity", ["attention_mask"], ["mask"]).Node("Identity", ["token_type_ids"], ["types"])
            .Output("ids", DataType.Int64, "rows", "padded").Output("mask", DataType.Int64, "rows", "padded").Output("types", DataType.Int64, "rows", "padded"));

        Assert.Equal(
            [
                """{"ids":[1,2,3],"mask":[1,1,1],"types":[0,0,0]}""", """{"ids":[9,9,3],"mask":[0,0,1],"types":[0,0,0]}""",
                """{"ids":[9,9,9],"mask":[0,0,0],"types":[0,0,0]}""", """{"ids":[9,1,2],"mask":[0,1,1],"types":[0,0,1]}""",
            ],
            Outputs(model, """["a b c","c","",{"text":["a","b"]}]"""));
    }

    [Fact]
    public void Score_OutputWithAnEntryAToken_KeepsThatOfTheIds()
    {
        using var model = Load(new GraphBuilder().Input("input_ids", DataType.Int64, "rows", "n")
            .Longs("outer", [1], 2).Longs("inner", [1], 1).Node("Unsqueeze", ["input_ids", "outer"], ["columns"]).Node("Unsqueeze", ["input_ids", "inner"], ["lines"]).Node("Mul", ["columns", "lines"], ["y"])
            .Output("y", DataType.Int64, "rows", "n", "n"));

        Assert.Equal(["""{"y":[[4,6],[6,9]]}""", """{"y":[[1,2,3],[2,4,6],[3,6,9]]}"""], Outputs(model, """["b c","a b c"]"""));
    }

    [Theory]
    [InlineData(TokenPooling.Last, "3 3")]
    [InlineData(TokenPooling.Cls, "2 1")]
    [InlineData(TokenPooling.Mean, "2.5 2")]
    public void Score_PooledTokens_AreThoseOfTheIds(TokenPooling pooling, string values)
    {
        using var model = Load(
            new GraphBuilder().Input("input_ids", DataType.Int64, "rows", "n").Longs("outer", [1], 2).Node("Unsqueeze", ["input_ids", "outer"], ["columns"])
                .Node("Cast", ["columns"], ["y"], GraphBuilder.Attribute("to", (long)DataType.Float)).Output("y", DataType.Float, "rows", "n", 1),
            $$""","task":"embedding","embedding":{"pooling":"{{pooling.ToString().ToLowerInvariant()}}","normalize":false}""");

        var answers = model.Score("""{"instances":["b c","a b c"]}""")["predictions"]!.AsArray();

        Assert.Equal(values.Split(' ').Select(value => $"[{value}]"), answers.Select(answer => answer!["embedding"]!.ToJsonString()));
    }

    private static string[] Outputs(Scored model, string instances)
        => [.. model.Score($$"""{"instances":{{instances}}}""")["predictions"]!.AsArray().Select(one => one!["outputs"]!.ToJsonString())];

    private Scored Load(GraphBuilder graph, string config = "")
    {
        graph.Save(folder.Root);
        File.WriteAllText(folder.PathTo("tokenizer.json"), Tokenizer);
        File.WriteAllText(folder.PathTo("model.json"), $$"""{"features":[{"name":"text","type":"text","tokenizer":{"vocabulary":"tokenizer.json"} }]{{config}} }""");
        return Scored.Load(folder.Root);
    }
}
