using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Features;

/// <summary>Outputs with an entry a token: each text is answered at its own length, whatever stood beside it in the request.</summary>
public sealed class TextPaddingTests : IDisposable
{
    private const string Config = """{"features":[{"name":"text","type":"text","tokenizer":{"type":"words","vocabulary":"v.txt","maxTokens":40}}]}""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SharedDataFact("faults/serving/text-padding/model.onnx")]
    public void Score_TwoTokensBesideFive_ComeBackAsTwoRows()
    {
        using var model = Scored.Load(Checkout.SharedPathTo("faults", "serving", "text-padding"));

        var together = Outputs(model, "\"w1 w2\",\"w1 w2 w3 w4 w5\"", "last_hidden_state");

        Assert.Equal(Outputs(model, "\"w1 w2\"", "last_hidden_state").Single(), together[0]);
        Assert.Equal(Outputs(model, "\"w1 w2 w3 w4 w5\"", "last_hidden_state").Single(), together[1]);
    }

    [Fact]
    public void Score_AxisWithTheNameOfTheTokens_IsCut()
    {
        using var model = Load(Ids().Node("Identity", ["ids"], ["y"]).Output("y", DataType.Int64, "rows", "n"));

        Assert.Equal(["[1,2]", "[3]", "[0]", "[1,2,3]"], Outputs(model, "\"a b\",\"c\",\"\",\"a b c\""));
    }

    [Fact]
    public void Score_AxisWithoutAName_IsCutOnceItWasSeenToFollowTheTokens()
    {
        using var model = Load(Ids().Node("Identity", ["ids"], ["y"]).Output("y", DataType.Int64, null, null));
        model.Model.WarmUp();

        Assert.Equal(["[1,2]", "[3]", "[1,2,3]"], Outputs(model, "\"a b\",\"c\",\"a b c\""));
    }

    [Fact]
    public void Score_AxisThatIsAsLongByChance_IsLeftWhole()
    {
        // Three entries for each text, however long: with three tokens they look alike.
        using var model = Load(Ids()
            .Longs("axes", [1], 1).Node("ReduceSum", ["ids", "axes"], ["sum"])
            .Longs("thrice", [2], 1, 3).Node("Expand", ["sum", "thrice"], ["y"])
            .Output("y", DataType.Int64, "rows", null));
        model.Model.WarmUp();

        Assert.Equal(["[6,6,6]", "[3,3,3]"], Outputs(model, "\"a b c\",\"c\""));
    }

    [Fact]
    public void Score_TwoAxesOfTokens_AreBothCut()
    {
        using var model = Load(Ids()
            .Longs("outer", [1], 2).Longs("inner", [1], 1)
            .Node("Unsqueeze", ["ids", "outer"], ["columns"]).Node("Unsqueeze", ["ids", "inner"], ["lines"])
            .Node("Mul", ["columns", "lines"], ["y"])
            .Output("y", DataType.Int64, "rows", "n", "n"));

        Assert.Equal(["[[1,2],[2,4]]", "[[1,2,3],[2,4,6],[3,6,9]]"], Outputs(model, "\"a b\",\"a b c\""));
    }

    private static GraphBuilder Ids() => new GraphBuilder().Input("ids", DataType.Int64, "rows", "n");

    private Scored Load(GraphBuilder graph)
    {
        graph.Save(folder.PathTo("model"));
        File.WriteAllText(folder.PathTo("model", "model.json"), Config);
        File.WriteAllText(folder.PathTo("model", "v.txt"), "a\nb\nc\n");
        return Scored.Load(folder.PathTo("model"));
    }

    private static string[] Outputs(Scored model, string texts, string output = "y") =>
        [.. model.Score($$"""{"instances":[{{texts}}]}""")["predictions"]!.AsArray().Select(one => one!["outputs"]![output]!.ToJsonString())];
}
