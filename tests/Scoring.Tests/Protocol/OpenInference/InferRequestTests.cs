using System.Text;
using TestCommon;
using TestCommon.OpenInference;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Protocol.OpenInference;

/// <summary>What a request may look like, and what a caller is told of one that may not.</summary>
public sealed class InferRequestTests : IDisposable
{
    private const string Good = """{"name":"x","shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5,6]}""";

    private readonly TemporaryFolder folder = new();
    private readonly Inferred echo;

    public InferRequestTests() => echo = Inferred.Load(GraphBuilder.Echo(DataType.Float, "rows", 3).Save(folder.PathTo("echo")), "echo");

    [Theory]
    [InlineData("[1,2,3,4,5,6]")]
    [InlineData("[[1,2,3],[4,5,6]]")]
    [InlineData("[[[1,2,3],[4,5,6]]]")]
    [InlineData("[[[1,2],[3,4]],[[5],[6]]]")]
    public void Infer_FlatOrNestedData_AreTheSame(string data)
    {
        var answer = echo.Infer($$"""{"inputs":[{"name":"x","shape":[2,3],"datatype":"FP32","data":{{data}}}]}""").ToJson();

        Assert.Equal("""{"model_name":"echo","model_version":"1","outputs":[{"name":"y","datatype":"FP32","shape":[2,3],"data":[1,2,3,4,5,6]}]}""", answer.ToJsonString());
    }

    [Fact]
    public void Infer_MissingAndInfiniteNumbers_AreReadAsPythonAndMlserverWriteThem()
    {
        var answer = echo.Infer("""{"inputs":[{"name":"x","shape":[2,3],"datatype":"FP32","data":[null,NaN,"NaN",Infinity,-Infinity,-0.0]}],"id":"NaN, \"Infinity"}""").ToJson();

        Assert.Equal("""["NaN","NaN","NaN","Infinity","-Infinity",-0.0]""", answer["outputs"]![0]!["data"]!.ToJsonString());
        Assert.Equal("NaN, \"Infinity", (string?)answer["id"]);
    }

    [Theory]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[NaN,1,2]}""")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[NaNa,1,2]}]}""")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[-NaN,1,2]}]}""")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[Infinit,1,2]}]}""")]
    [InlineData("NaN \"")]
    public void Infer_WhatIsNoJsonWithBareNumbersEither_IsRefused(string json) => Assert.Equal(ErrorCode.InvalidJson, echo.Refused(json).Code);

    [Theory]
    [InlineData("[[],[]]")]
    [InlineData("[]")]
    public void Infer_EmptyTensorHoweverNested_IsRead(string data)
    {
        using var cubes = Inferred.Load(GraphBuilder.Echo(DataType.Float, "a", "b", 4).Save(folder.PathTo("cubes")), "cubes");

        var answer = cubes.Infer($$"""{"inputs":[{"name":"x","shape":[2,0,4],"datatype":"FP32","data":{{data}}}]}""").ToJson();

        Assert.Equal("[2,0,4]", answer["outputs"]![0]!["shape"]!.ToJsonString());
    }

    [Fact]
    public void Infer_PropertiesInAnyOrderAndUnknownOnes_AreRead()
    {
        var answer = echo.Infer("""
            {"priority":1,"outputs":[{"parameters":{"note":"kept"},"name":"y"}],"parameters":{"timeout":5},
             "inputs":[{"data":[[1,2,3]],"parameters":{"a":"b"},"datatype":"FP32","shape":[1,3],"name":"x"}],"id":"42 é"}
            """).ToJson();

        Assert.Equal("42 é", answer["id"]!.GetValue<string>());
        Assert.Equal("[1,2,3]", answer["outputs"]![0]!["data"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5]}""", "/inputs/0/data", "input 'x': found 5 elements; expected 6 as the shape says")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[[1,2,3],[4,5]]}""", "/inputs/0/data/1", "found 2 elements; expected 3 as dimension 1 of [2, 3] says, since a tensor must not be ragged")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[[1,2,3],4]}""", "/inputs/0/data/1", "found the number 4; expected an array of 3")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[[[1,2,3,4,5]]]}""", "/inputs/0/data", "found 5 elements in nested arrays; expected 6, as many as [2, 3] holds")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[[[1,2,3,4,5,6,7]]]}""", "/inputs/0/data", "found 7 elements in nested arrays; expected 6, as many as [2, 3] holds")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[1,2,"x",4,5,6]}""", "/inputs/0/data/2", "found the text \"x\"; expected a finite number, null or \"NaN\", \"Infinity\" or \"-Infinity\"")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[1,2,1e39,4,5,6]}""", "/inputs/0/data/2", "found the number 1e39; expected a finite number")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32"}""", "/inputs/0", "missing; expected the elements")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":5}""", "/inputs/0/data", "found the number 5; expected an array of 6 for the shape [2, 3]")]
    [InlineData("""{"name":"x","shape":[2,4],"datatype":"FP32","data":[1,2,3,4,5,6,7,8]}""", "/inputs/0/shape/1", "found 4 along dimension 1; expected 3: FP32 [rows, 3]")]
    [InlineData("""{"name":"x","shape":[6],"datatype":"FP32","data":[1,2,3,4,5,6]}""", "/inputs/0/shape", "found [6], 1 dimensions; expected 2: FP32 [rows, 3]")]
    [InlineData("""{"name":"x","shape":[-2,3],"datatype":"FP32","data":[]}""", "/inputs/0/shape/0", "found the number -2; expected a whole number of 0 or more")]
    [InlineData("""{"name":"x","shape":[9223372036854775807,3],"datatype":"FP32","data":[]}""", "/inputs/0/shape", "expected no more elements than the body can hold")]
    [InlineData("""{"name":"x","shape":[18446744073709551615,3],"datatype":"FP32","data":[]}""", "/inputs/0/shape/0", "expected a whole number")]
    [InlineData("""{"name":"x","shape":"23","datatype":"FP32","data":[]}""", "/inputs/0/shape", "expected an array of whole numbers")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP64","data":[1,2,3,4,5,6]}""", "/inputs/0/datatype", "found FP64; expected FP32 [rows, 3]")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"fp32","data":[1,2,3,4,5,6]}""", "/inputs/0/datatype", "expected one of BOOL, UINT8")]
    [InlineData("""{"name":"z","shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5,6]}""", "/inputs/0/name", "not an input of this model; expected 'x'")]
    [InlineData("""{"shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5,6]}""", "/inputs/0", "missing")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5,6],"parameters":{"binary_data_size":24}}""", "/inputs/0/data", "given beside \"binary_data_size\"")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","parameters":{"binary_data_size":24}}""", "/inputs/0/parameters/binary_data_size", "found 24; expected at most the 0 bytes that follow")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5,6],"parameters":{"shared_memory_region":"r"}}""", "/inputs/0/parameters/shared_memory_region", "expected no shared memory")]
    [InlineData("5", "/inputs/0", "expected an object")]
    [InlineData(Good + "," + Good, "/inputs/1/name", "'x' is given twice")]
    [InlineData("""{"name":"x","shape":[2,3],"shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5,6]}""", "/inputs/0/shape", "given twice")]
    [InlineData("""{"name":"x","name":"x","shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5,6]}""", "/inputs/0/name", "given twice")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"INT8","\u0064atatype":"FP32","data":[1,2,3,4,5,6]}""", "/inputs/0/datatype", "given twice")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5,6],"data":[]}""", "/inputs/0/data", "given twice")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5,6],"parameters":{},"parameters":{"a":1}}""", "/inputs/0/parameters", "given twice")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5,6],"parameters":{"a":1,"a":1}}""", "/inputs/0/parameters/a", "given twice")]
    [InlineData("""{"name":"x","shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5,6],"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"g":1}""", "/inputs/0/g", "given twice")]
    [InlineData("", "/inputs", "the input 'x' is missing; expected 'x' FP32 [rows, 3]")]
    public void Infer_InputThatDoesNotFit_IsToldWhereAndWhatToChange(string input, string pointer, string detail)
    {
        var refused = echo.Refused($$"""{"inputs":[{{input}}]}""");

        Assert.Contains(refused.Faults, fault => fault.Pointer == pointer && fault.Detail.Contains(detail, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{}""", "missing; expected an array of tensors")]
    [InlineData("""[]""", "found an array; expected an object with \"inputs\"")]
    [InlineData("""{"\ud800":[]}""", "missing; expected an array of tensors")]
    [InlineData("""{"inputs":{}}""", "found an object; expected an array of tensors")]
    [InlineData("""{"inputs":[INPUT],"inputs":[INPUT]}""", "given twice")]
    [InlineData("""{"inputs":[INPUT],"id":"a","id":"a"}""", "given twice")]
    [InlineData("""{"inputs":[INPUT],"outputs":[],"outputs":[{"name":"y"}]}""", "given twice")]
    [InlineData("""{"inputs":[INPUT],"outputs":[{"name":"q","name":"y"}]}""", "given twice")]
    [InlineData("""{"inputs":[INPUT],"id":7}""", "found the number 7; expected a text")]
    [InlineData("""{"inputs":[INPUT],"outputs":[{"name":"q"}]}""", "'q' is not an output of this model; expected 'y'")]
    [InlineData("""{"inputs":[INPUT],"outputs":[{"name":"y"},{"name":"y"}]}""", "'y' is given twice")]
    [InlineData("""{"inputs":[INPUT],"outputs":[{"name":"y","parameters":{"binary_data":1}}]}""", "found the number 1; expected true or false")]
    [InlineData("""{"inputs":[INPUT],"outputs":7}""", "expected an array")]
    [InlineData("""{"inputs":[INPUT],"outputs":[7]}""", "expected an object with \"name\"")]
    [InlineData("""{"inputs":[INPUT],"parameters":[]}""", "expected an object")]
    [InlineData("""{"inputs":[INPUT]""", "The body is not JSON")]
    [InlineData("""{"inputs":[INPUT]} x""", "The body is not JSON")]
    public void Infer_RequestThatDoesNotFit_IsToldWhatToChange(string body, string detail)
    {
        var refused = echo.Refused(body.Replace("INPUT", Good, StringComparison.Ordinal));

        Assert.Contains(detail, string.Join("\n", refused.Faults.Select(fault => fault.Detail).Append(refused.Message)), StringComparison.Ordinal);
    }

    [Fact]
    public void Infer_SeveralFaults_AreToldTogether()
    {
        var refused = echo.Refused("""{"inputs":[{"name":"a","shape":[1],"datatype":"FP32","data":[1]},{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}],"outputs":[{"name":"b"}]}""");

        Assert.Equal(["/inputs/0/name", "/inputs/1/shape/1", "/outputs/0/name"], refused.Faults.Select(fault => fault.Pointer));
    }

    [Fact]
    public void Infer_NonFiniteNumbers_GoBothWaysAsTexts()
    {
        var answer = echo.Infer("""{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":["NaN","Infinity","-Infinity"]}]}""").ToJson();

        Assert.Equal("""["NaN","Infinity","-Infinity"]""", answer["outputs"]![0]!["data"]!.ToJsonString());
    }

    [Fact]
    public void Infer_NoRows_GivesNoRows()
    {
        var answer = echo.Infer("""{"inputs":[{"name":"x","shape":[0,3],"datatype":"FP32","data":[]}]}""").ToJson();

        Assert.Equal("""{"name":"y","datatype":"FP32","shape":[0,3],"data":[]}""", answer["outputs"]![0]!.ToJsonString());
    }

    [Fact]
    public void Infer_TextsThatAreNoUtf8_ComeBackInBase64()
    {
        using var texts = Inferred.Load(GraphBuilder.Echo(DataType.String, "n").Save(folder.PathTo("texts")));
        byte[] raw = [0xFF, 0xFE, 0x00];

        var json = texts.Infer(InferMessage.Json([TestTensor.Texts("x", [1], raw)], request =>
        {
            request["inputs"]![0]!["data"] = new System.Text.Json.Nodes.JsonArray(Convert.ToBase64String(raw));
            request["inputs"]![0]!["parameters"] = new System.Text.Json.Nodes.JsonObject { ["content_type"] = "base64" };
        }));
        var binary = texts.Infer(InferMessage.Binary([TestTensor.Texts("x", [1], raw)]));

        Assert.Equal("base64", json.ToJson()["outputs"]![0]!["parameters"]!["content_type"]!.GetValue<string>());
        Assert.Equal(raw, Assert.Single(json.Outputs()[0].Items()));
        Assert.Equal(raw, Assert.Single(binary.Outputs()[0].Items()));
    }

    [Fact]
    public void Infer_HalfASurrogatePair_IsRefused()
    {
        using var texts = Inferred.Load(GraphBuilder.Echo(DataType.String, "n").Save(folder.PathTo("texts")));

        Assert.Equal(ErrorCode.InvalidValue, texts.Refused("""{"inputs":[{"name":"x","shape":[1],"datatype":"BYTES","data":["\ud800"]}]}""").Code);
    }

    [Fact]
    public void Infer_OneSymbolWithTwoSizes_IsRefusedNamingBothPlaces()
    {
        using var sum = Inferred.Load(new GraphBuilder().Input("a", DataType.Float, "n").Input("b", DataType.Float, "n").Node("Add", ["a", "b"], ["y"]).Output("y", DataType.Float, "n").Save(folder.PathTo("sum")));

        var refused = sum.Refused(InferMessage.Json([TestTensor.Of<float>("a", "FP32", [2], 1, 2), TestTensor.Of<float>("b", "FP32", [3], 1, 2, 3)]));

        Assert.Equal("input 'b': found 3 along dimension 0 ('n'); expected 2, which 'n' is along dimension 0 of 'a'", Assert.Single(refused.Faults).Detail);
    }

    [Fact]
    public void Infer_ValuesThatANodeRefuses_AreTheCallersToMend()
    {
        using var table = Inferred.Load(new GraphBuilder().Input("i", DataType.Int64, "n").Floats("t", [3], 1, 2, 3).Node("Gather", ["t", "i"], ["y"]).Output("y", DataType.Float, "n").Save(folder.PathTo("table")));

        var refused = table.Refused(InferMessage.Json([TestTensor.Of<long>("i", "INT64", [1], 7)]));

        Assert.Equal(ErrorCode.InvalidValue, refused.Code);
        Assert.Contains("Gather", refused.Message, StringComparison.Ordinal);
        Assert.Contains("idx=7", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Infer_RawBody_TakesItsShapeFromTheModel()
    {
        var tensor = TestTensor.Of<float>("x", "FP32", [2, 3], 1, 2, 3, 4, 5, 6);

        var answer = echo.Infer(tensor.Data, 0);

        Assert.Equal(tensor.Data, Assert.Single(answer.Outputs()).Data);
        Assert.Contains("found 20; expected", Assert.Throws<ScoringException>(() => echo.Infer(tensor.Data[..20], 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Infer_RawBodyOfText_IsTheTextItself()
    {
        using var texts = Inferred.Load(GraphBuilder.Echo(DataType.String, "n", 1).Save(folder.PathTo("texts")));

        var answer = texts.Infer("né"u8.ToArray(), 0);

        Assert.Equal("né", Encoding.UTF8.GetString(Assert.Single(Assert.Single(answer.Outputs()).Items())));
    }

    [Fact]
    public void Infer_BinaryTensorsAtOddPlaces_AreReadAsTheyLie()
    {
        using var two = Inferred.Load(new GraphBuilder().Input("b", DataType.Bool, "n").Input("d", DataType.Double, "m").Node("Identity", ["b"], ["p"]).Node("Identity", ["d"], ["q"])
            .Output("p", DataType.Bool, "n").Output("q", DataType.Double, "m").Save(folder.PathTo("two")));
        var flags = TestTensor.Of<bool>("b", "BOOL", [3], true, false, true);
        var numbers = TestTensor.Of("d", "FP64", [2], 1.5, double.NaN);

        var outputs = two.Infer(InferMessage.Binary([flags, numbers])).Outputs();

        Assert.Equal(flags.Data, outputs[0].Data);
        Assert.Equal(numbers.Data, outputs[1].Data);
        Assert.Contains("found the byte 2 at 1; expected 0 or 1", two.Refused(InferMessage.Binary([flags with { Data = [1, 2, 0] }, numbers])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"s","shape":[2,1],"datatype":"FP32","data":[1,2]}""", "[1,2]")]
    [InlineData("""{"name":"s/1","shape":[2],"datatype":"FP32","data":[2,3]},{"name":"s/0","shape":[1],"datatype":"FP32","data":[1]}""", "[1,2,3]")]
    [InlineData("""{"name":"s/0","shape":[1],"datatype":"FP32","data":[1]},{"name":"s/2","shape":[1],"datatype":"FP32","data":[2]}""", null)]
    [InlineData("""{"name":"s","shape":[1,1],"datatype":"FP32","data":[1]},{"name":"s/0","shape":[1],"datatype":"FP32","data":[1]}""", null)]
    [InlineData("""{"name":"s","shape":[0],"datatype":"FP32","data":[]}""", null)]
    [InlineData("""{"name":"s","shape":[70000,0],"datatype":"FP32","data":[]}""", null)]
    public void Infer_Sequence_ComesStackedOrItemByItem(string inputs, string? data)
    {
        using var sequence = Inferred.Load(new GraphBuilder().Input("s", GraphBuilder.SequenceOf(GraphBuilder.Tensor(DataType.Float, null)))
            .Node("ConcatFromSequence", ["s"], ["y"], GraphBuilder.Attribute("axis", 0L)).Output("y", DataType.Float, [null]).Save(folder.PathTo("sequence")));
        var body = $$"""{"inputs":[{{inputs}}]}""";

        if (data is null)
        {
            Assert.Contains("the sequence 's' came as no row of items", sequence.Refused(body).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(data, sequence.Infer(body).ToJson()["outputs"]![0]!["data"]!.ToJsonString());
        }
    }

    [Fact]
    public void Infer_Map_ComesAsValuesAndKeys()
    {
        using var map = Inferred.Load(new GraphBuilder().Input("m", GraphBuilder.MapOf(DataType.String, DataType.Float))
            .Node("DictVectorizer", ["m"], ["y"], GraphBuilder.Attribute("string_vocabulary", "a", "b", "c")).Output("y", DataType.Float, 1, 3).Save(folder.PathTo("map")));
        var values = TestTensor.Of<float>("m", "FP32", [2], 5, 2);

        var answer = map.Infer(InferMessage.Json([values, TestTensor.Texts("m/keys", [2], "c"u8.ToArray(), "a"u8.ToArray())]));

        Assert.Equal([2, 0, 5], Assert.Single(answer.Outputs()).Numbers());
        Assert.Contains("came without its keys", map.Refused(InferMessage.Json([values])).Message, StringComparison.Ordinal);
        Assert.Contains("found 2 values and 1 keys", map.Refused(InferMessage.Json([values, TestTensor.Texts("m/keys", [1], "c"u8.ToArray())])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Infer_BytesLeftOver_AreRefused()
    {
        var message = InferMessage.Binary([TestTensor.Of<float>("x", "FP32", [1, 3], 1, 2, 3)]);

        Assert.Contains("found 2 bytes after the tensors", echo.Refused(message with { Body = [.. message.Body, 0, 0] }).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        echo.Dispose();
        folder.Dispose();
    }
}
