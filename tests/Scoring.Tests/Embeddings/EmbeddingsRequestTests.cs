using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Scoring.Protocol.OpenAi;
using Scoring.Tests.Protocol;
using TestCommon;

namespace Scoring.Tests.Embeddings;

/// <summary>Requests and answers as OpenAI's clients write and read them.</summary>
public sealed class EmbeddingsRequestTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Scored encoder;

    public EmbeddingsRequestTests() => encoder = Scored.Load(TinyEncoder.Save(folder.PathTo("encoder")));

    public void Dispose()
    {
        encoder.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("\"man food\"", "[[0.5,0.5,0]]", 2)]
    [InlineData("[\"man food\",\"rain\",\"\"]", "[[0.5,0.5,0],[0,0,1],[0,0,0]]", 3)]
    [InlineData("[1,2]", "[[0.5,0.5,0]]", 2)]
    [InlineData("[[1,2],[4]]", "[[0.5,0.5,0],[0.5,0.25,-2]]", 3)]
    public void Read_EveryKindOfInput_IsEmbeddedAndItsTokensCounted(string input, string expected, int tokens)
    {
        var answer = Answer($$"""{"model":"m","input":{{input}}}""");

        Assert.Equal(expected, new JsonArray([.. answer["data"]!.AsArray().Select(one => one!["embedding"]!.DeepClone())]).ToJsonString());
        Assert.Equal(Enumerable.Range(0, answer["data"]!.AsArray().Count), answer["data"]!.AsArray().Select(one => one!["index"]!.GetValue<int>()));
        Assert.Equal($$"""{"prompt_tokens":{{tokens}},"total_tokens":{{tokens}}}""", answer["usage"]!.ToJsonString());
        Assert.Equal("list", (string?)answer["object"]);
        Assert.Equal("m", (string?)answer["model"]);
    }

    [Fact]
    public void Read_OptionsBehindTheInput_AreHeeded()
    {
        var answer = Answer("""{"input":["snow"],"dimensions":2,"encoding_format":"base64","purpose":"query","user":"u","model":"m"}""");

        // The mean of rain and snow, cut.
        Assert.Equal([0.25f, 0.125f], MemoryMarshal.Cast<byte, float>(Convert.FromBase64String((string)answer["data"]![0]!["embedding"]!)).ToArray());
    }

    [Theory]
    [InlineData("""{"input":"a"}""", "/model")]
    [InlineData("""{"model":"m"}""", "/input")]
    [InlineData("""{"model":"m","input":[]}""", "/input")]
    [InlineData("""{"model":"m","input":5}""", "/input")]
    [InlineData("""{"model":"m","input":["a",null]}""", "/instances/1")]
    [InlineData("""{"model":"m","input":[["a","b"]]}""", "/instances/0")]
    [InlineData("""{"model":"m","input":[[]]}""", "/instances/0")]
    [InlineData("""{"model":"m","input":[[1],[99]]}""", "/instances/1/0")]
    [InlineData("""{"model":"m","input":"a","dimensions":4}""", "/dimensions")]
    [InlineData("""{"model":"m","input":"a","encoding_format":"int8"}""", "/encoding_format")]
    [InlineData("""{"model":"m","input":"a","purpose":"other"}""", "/purpose")]
    [InlineData("""{"model":"m","input":"a","dimension":4}""", "/dimension")]
    [InlineData("""{"model":5,"input":"a"}""", "/model")]
    [InlineData("""{"model":5,"model":"m","input":"a"}""", "/model")]
    [InlineData("""{"model":"m","model":"other","input":"a"}""", "/model")]
    [InlineData("""{"model":"m","input":"a","input":"b"}""", "/input")]
    [InlineData("""{"model":"m","input":"a","dimensions":2,"dimensions":2}""", "/dimensions")]
    [InlineData("""{"model":"m","input":"a","purpose":"query","purpose":"query"}""", "/purpose")]
    [InlineData("""{"model":"m","input":"a","user":"u","\u0075ser":"v"}""", "/user")]
    [InlineData("""{"model":"m","input":"a","encoding_format":"\ud800"}""", "/encoding_format")]
    [InlineData("""{"model":"m","input":"a","purpose":"\ud800"}""", "/purpose")]
    [InlineData("""{"model":"m","input":"a","\ud800":1}""", "/\uFFFD")]
    public void Read_WhatDoesNotFit_IsRefusedWithItsPlace(string body, string pointer)
    {
        var exception = Assert.Throws<ScoringException>(() => Answer(body));

        Assert.Equal(pointer, Assert.Single(exception.Faults).Pointer);
    }

    [Theory]
    [InlineData("encoding")]
    [InlineData("purpose")]
    [InlineData("dimensions")]
    public void Score_ParameterOfHalfASurrogatePair_IsRefusedWithItsPlace(string name) =>
        Assert.Equal($"/parameters/{name}", Assert.Single(encoder.Refused($$$"""{"instances":["a"],"parameters":{"{{{name}}}":"\ud800"}}""").Faults).Pointer);

    [Fact]
    public void Read_TooManyInputs_AreRefused() =>
        Assert.Equal(ErrorCode.TooManyInstances, Assert.Throws<ScoringException>(() => Embedded.Answer(encoder.Model, """{"model":"m","input":["a","b","c"]}""", maxInstances: 2)).Code);

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"model\":")]
    [InlineData("{\"model\":\"m\",\"input\":\"a\"} x")]
    public void Read_NoJson_IsRefused(string body) => Assert.Equal(ErrorCode.InvalidJson, Assert.Throws<ScoringException>(() => Answer(body)).Code);

    [Fact]
    public void Read_ModelOfAnotherTask_IsRefusedByItsName()
    {
        using var intent = Scored.Load(Checkout.PathTo("samples", "intent", "package"), "intent");

        var exception = Assert.Throws<ScoringException>(() => Embedded.Answer(intent.Model, """{"model":"intent","input":"a"}"""));

        Assert.Equal(ErrorCode.InvalidValue, exception.Code);
        Assert.Contains("'intent' gives no embeddings; its task is classification", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NameAndVersion_AreParted()
    {
        Assert.Equal(new EmbeddingsModel("m/3", "m", "3"), EmbeddingsModel.Parse("m/3"));
        Assert.Equal(new EmbeddingsModel("m", "m", null), EmbeddingsModel.Parse("m"));
    }

    private JsonNode Answer(string body) => Embedded.Answer(encoder.Model, body);
}
