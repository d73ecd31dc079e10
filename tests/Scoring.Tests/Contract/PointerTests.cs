using System.Text;
using System.Text.Json.Nodes;
using Scoring.Batch.Messages;
using Scoring.Tests.Features;
using Scoring.Tests.Protocol;
using Scoring.Tests.Protocol.OpenInference;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Contract;

/// <summary>A pointer in an error leads to a value of the body that was sent, whatever was sent.</summary>
public sealed class PointerTests
{
    private const int Bodies = 1500;

    [Theory]
    [InlineData("""[1,2,3]""", "/instances/0")]
    [InlineData("""[1,"x"]""", "/instances/0/1")]
    [InlineData("""[[1,"x"]]""", "/instances/0/0/1")]
    [InlineData("""{"X":[1,"x"]}""", "/instances/0/X/1")]
    [InlineData("""{"X":[[1,"x"]]}""", "/instances/0/X/0/1")]
    [InlineData("""{}""", "/instances/0")]
    [InlineData("""{"a/b":1,"X":[1,2]}""", "/instances/0/a~1b")]
    public void Score_Instance_IsPointedToWhereItStandsInTheBody(string instance, string pointer)
    {
        using var scored = Load(Echo(DataType.Float, "rows", 2));

        Assert.Equal(pointer, Assert.Single(scored.Refused($$"""{"instances":[{{instance}}]}""").Faults).Pointer);
    }

    [Fact]
    public void Score_AbsentFeature_IsNamedInTheDetail()
    {
        using var intent = Scored.Load(Checkout.PathTo("samples", "intent", "package"), "intent");

        var faults = intent.Refused("""{"instances":[{}]}""").Faults;

        Assert.All(faults, fault => Assert.Equal("/instances/0", fault.Pointer));
        Assert.Contains(faults, fault => fault.Detail.StartsWith("'Month': missing; expected one of", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("features")]
    [InlineData("tensor")]
    [InlineData("cube")]
    [InlineData("map")]
    [InlineData("sequence")]
    [InlineData("text")]
    [InlineData("two")]
    public void Score_AnyBody_IsPointedTo(string kind)
    {
        using var scored = Model(kind);
        var any = new AnyBody(20261129, "X", "Y", "text", "Month", "Weekend", "PageValues");
        var refused = 0;
        for (var round = 0; round < Bodies; round++)
        {
            var body = any.Object(1);
            if (round % 10 != 0)
            {
                body["instances"] = any.Values(4);
            }

            if (round % 7 == 0)
            {
                body["parameters"] = any.Value(2);
            }

            refused += Check(body.ToJsonString(), text => scored.Score(text));
        }

        // Bodies made up like this seldom fit; were they all taken, the test would show nothing.
        Assert.True(refused > Bodies / 2, $"{refused} were refused");
    }

    [Fact]
    public void Job_AnyMessage_IsPointedTo()
    {
        var any = new AnyBody(20261129, [.. JobRequestParser.Members.Keys, .. JobRequestParser.InputMembers.Keys]);
        var refused = Enumerable.Range(0, Bodies).Sum(_ => Check(any.Object(3).ToJsonString(), text => JobRequestParser.Parse(Encoding.UTF8.GetBytes(text))));

        Assert.True(refused > Bodies / 2, $"{refused} were refused");
    }

    [Fact]
    public void Infer_AnyRequest_IsPointedTo()
    {
        using var folder = new TemporaryFolder();
        Echo(DataType.Float, "rows", 2).Save(folder.Root);
        using var inferred = Inferred.Load(folder.Root);
        var any = new AnyBody(20261129, "name", "shape", "datatype", "data", "parameters", "binary_data_size", "binary_data");
        var refused = 0;
        for (var round = 0; round < Bodies; round++)
        {
            var tensor = any.Object(3);
            if (round % 2 == 0)
            {
                tensor["name"] = "X";
                tensor["datatype"] = "FP32";
                tensor["shape"] = new JsonArray(1, 2);
            }

            var body = any.Object(1);
            body["inputs"] = new JsonArray(tensor, any.Object(3));
            body["outputs"] = any.Value(3);
            refused += Check(body.ToJsonString(), text => inferred.Infer(text));
        }

        Assert.True(refused > Bodies / 2, $"{refused} were refused");
    }

    private static int Check(string body, Func<string, object> read)
    {
        try
        {
            read(body);
            return 0;
        }
        catch (ScoringException exception)
        {
            Assert.All(exception.Faults, fault => Assert.True(Resolves(body, fault.Pointer), $"{fault.Pointer} ({fault.Detail}) of {body}"));
            return 1;
        }
    }

    private static bool Resolves(string body, string pointer)
    {
        if (pointer.Length == 0)
        {
            return true;
        }

        var at = JsonNode.Parse(body);
        foreach (var step in pointer.Split('/')[1..].Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            switch (at)
            {
                case JsonObject members when members.TryGetPropertyValue(step, out var member):
                    at = member;
                    break;
                case JsonArray items when int.TryParse(step, out var index) && index < items.Count:
                    at = items[index];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static Scored Model(string kind) => kind switch
    {
        "features" => Scored.Load(Checkout.PathTo("samples", "intent", "package"), "intent"),
        "tensor" => Load(Echo(DataType.Float, "rows", 2)),
        "cube" => Load(Echo(DataType.Int64, "rows", "n", 2)),
        "map" => Load(new GraphBuilder().Input("X", GraphBuilder.MapOf(DataType.String, DataType.Float))
            .Node("DictVectorizer", ["X"], ["y"], GraphBuilder.Attribute("string_vocabulary", "a", "b")).Output("y", DataType.Float, null, 2)),
        "sequence" => Load(new GraphBuilder().Input("X", GraphBuilder.SequenceOf(GraphBuilder.Tensor(DataType.Float, "n")))
            .Node("SequenceLength", ["X"], ["y"]).Output("y", DataType.Int64, [])),
        "two" => Load(new GraphBuilder().Input("X", DataType.Float, "rows", "n").Input("Y", DataType.Float, "rows", "n")
            .Node("Add", ["X", "Y"], ["y"]).Output("y", DataType.Float, "rows", "n")),
        _ => Text(),
    };

    private static GraphBuilder Echo(DataType type, params object?[] dimensions) =>
        new GraphBuilder().Input("X", type, dimensions).Node("Identity", ["X"], ["y"]).Output("y", type, dimensions);

    private static Scored Text()
    {
        using var model = new TextModel(TextModel.Words);
        return model.Load();
    }

    private static Scored Load(GraphBuilder graph)
    {
        using var folder = new TemporaryFolder();
        graph.Save(folder.Root);
        return Scored.Load(folder.Root);
    }
}
