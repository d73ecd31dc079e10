using System.Text;
using System.Text.Json.Nodes;
using TestCommon;

namespace Scoring.Tests.Protocol;

public sealed class ScoreRequestTests : IDisposable
{
    private readonly Scored intent = Scored.Load(Checkout.PathTo("samples", "intent", "package"), "intent");

    private static JsonObject Session() => JsonNode.Parse("""
        {"Administrative":3,"Administrative_Duration":142.5,"Informational":0,"Informational_Duration":0,"ProductRelated":5,"ProductRelated_Duration":310,
         "BounceRates":0,"ExitRates":0.02,"PageValues":12.5,"SpecialDay":0,"Month":"Nov","VisitorType":"Returning_Visitor","Weekend":true}
        """)!.AsObject();

    private static string Body(params JsonNode[] instances) => new JsonObject { ["instances"] = new JsonArray(instances) }.ToJsonString();

    private static string With(string feature, string json)
    {
        var session = Session();
        session.Remove(feature);
        var text = session.ToJsonString();
        return $$"""{"instances":[{{text[..^1]}},"{{feature}}":{{json}}}]}""";
    }

    public void Dispose() => intent.Dispose();

    [Fact]
    public void Score_Session_GivesLabelAndProbabilitiesThatSumToOne()
    {
        var answer = intent.Score(Body(Session()));

        Assert.Equal("intent", (string?)answer["model"]);
        Assert.Equal("1", (string?)answer["version"]);
        var prediction = answer["predictions"]!.AsArray().Single()!;
        var probabilities = prediction["probabilities"]!.AsObject();
        Assert.Equal(["browse", "purchase"], probabilities.Select(entry => entry.Key));
        // float32 probabilities of two classes: each is within half a unit of its last place.
        Assert.Equal(1, probabilities.Sum(entry => (double)entry.Value!), 1e-6);
        Assert.Equal((double)prediction["probability"]!, probabilities.Max(entry => (double)entry.Value!));
        Assert.Equal((double)probabilities[(string)prediction["label"]!]!, (double)prediction["probability"]!);
    }

    [Fact]
    public void Score_ManyInstances_AnswersEachAsIfAlone()
    {
        var sessions = Enumerable.Range(0, 100).Select(index =>
        {
            var session = Session();
            session["PageValues"] = index * 0.5;
            return session;
        }).ToArray();
        var together = intent.Score(Body([.. sessions.Select(session => session.DeepClone())]))["predictions"]!.AsArray();

        for (var index = 0; index < sessions.Length; index++)
        {
            var alone = intent.Score(Body(sessions[index]))["predictions"]![0]!;
            // One row and a hundred may take different kernels.
            Assert.Equal((double)alone["probability"]!, (double)together[index]!["probability"]!, 1e-6);
        }
    }

    [Fact]
    public void Score_TopK_KeepsTheMostProbableInOrder()
    {
        var all = intent.Score(Body(Session()))["predictions"]![0]!["probabilities"]!.AsObject();
        var best = all.MaxBy(entry => (double)entry.Value!).Key;

        var top = intent.Score($$"""{"parameters":{"topK":1},"instances":[{{Session().ToJsonString()}}]}""")["predictions"]![0]!["probabilities"]!.AsObject();

        Assert.Equal([best], top.Select(entry => entry.Key));
    }

    [Fact]
    public void Score_AliasAndUnindicatedValues_AreValid()
    {
        var june = intent.Score(With("Month", "\"June\""))["predictions"]!.ToJsonString();
        Assert.Equal(june, intent.Score(With("Month", "\"Jun\""))["predictions"]!.ToJsonString());
        Assert.Equal(june, intent.Score(With("Month", "\"J\\u0075ne\""))["predictions"]!.ToJsonString());
        Assert.Equal(
            intent.Score(With("Month", "\"Jan\""))["predictions"]!.ToJsonString(),
            intent.Score(With("Month", "\"Apr\""))["predictions"]!.ToJsonString());
    }

    [Fact]
    public void Score_NoInstances_AnswersNoPredictions()
        => Assert.Empty(intent.Score("""{"instances":[]}""")["predictions"]!.AsArray());

    [Theory]
    [InlineData("Month", "\"Smarch\"", ErrorCode.InvalidValue)]
    [InlineData("Month", "7", ErrorCode.InvalidValue)]
    [InlineData("Month", "null", ErrorCode.InvalidValue)]
    [InlineData("Month", "\"\\ud800\"", ErrorCode.InvalidValue)]
    [InlineData("Month", "{\"a\":[1,2]}", ErrorCode.InvalidValue)]
    [InlineData("PageValues", "1e400", ErrorCode.InvalidValue)]
    [InlineData("PageValues", "1e39", ErrorCode.InvalidValue)]
    [InlineData("PageValues", "\"12\"", ErrorCode.InvalidValue)]
    [InlineData("PageValues", "\"NaN\"", ErrorCode.InvalidValue)]
    [InlineData("PageValues", "[1]", ErrorCode.InvalidValue)]
    [InlineData("Weekend", "1", ErrorCode.InvalidValue)]
    [InlineData("Weekend", "\"true\"", ErrorCode.InvalidValue)]
    [InlineData("Colour", "1", ErrorCode.UnknownFeature)]
    [InlineData("Colour", "{\"deep\":[{}]}", ErrorCode.UnknownFeature)]
    public void Score_BadValue_IsRefusedWithItsPointer(string feature, string json, ErrorCode code)
    {
        var refused = intent.Refused(With(feature, json));

        Assert.Equal(code, refused.Code);
        var fault = Assert.Single(refused.Faults);
        Assert.Equal($"/instances/0/{feature}", fault.Pointer);
        Assert.Contains("expected", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_SeveralFaults_AreNamedTogether()
    {
        var first = Session();
        first.Remove("Month");
        var second = Session();
        second["VisitorType"] = "Alien";
        second["Weekend"] = "maybe";

        var refused = intent.Refused(Body(first, second));

        Assert.Equal(["/instances/0", "/instances/1/VisitorType", "/instances/1/Weekend"], refused.Faults.Select(fault => fault.Pointer));
        Assert.Equal(ErrorCode.MissingFeature, refused.Code);
    }

    [Fact]
    public void Score_EndlessUnknownFeatures_AreRefusedWithTheFirstFew()
    {
        var refused = intent.Refused($"{{\"instances\":[{{{string.Join(',', Enumerable.Range(0, 50_000).Select(index => $"\"x{index}\":1"))}}}]}}");

        Assert.Equal(ErrorCode.UnknownFeature, refused.Code);
        Assert.Equal(FaultList.Limit, refused.Faults.Count);
    }

    [Fact]
    public void Score_DuplicateFeature_IsRefused()
    {
        var text = Session().ToJsonString();

        var refused = intent.Refused($$"""{"instances":[{{text[..^1]}},"Month":"Nov"}]}""");

        Assert.Equal("/instances/0/Month", Assert.Single(refused.Faults).Pointer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"instances":{}}""")]
    [InlineData("""{"instances":[}""")]
    [InlineData("""{"instances":[],"instances":[]}""")]
    [InlineData("""{"instances":[],"parameter":{}}""")]
    [InlineData("""{"instances":[],"\ud800":1}""")]
    [InlineData("""{"instances":[]} {}""")]
    [InlineData("""{"instances":[],}""")]
    [InlineData("""{"instances":[{"Month":}]}""")]
    public void Score_NoRequest_IsInvalidJson(string body) => Assert.Equal(ErrorCode.InvalidJson, intent.Refused(body).Code);

    [Theory]
    [InlineData("5")]
    [InlineData("\"text\"")]
    [InlineData("[1,2,3]")]
    [InlineData("null")]
    public void Score_InstanceThatIsNoObject_IsRefusedWithTheFeatures(string instance)
    {
        var refused = intent.Refused($$"""{"instances":[{{instance}}]}""");

        Assert.Equal(ErrorCode.InvalidValue, refused.Code);
        Assert.Contains("PageValues", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_DepthBomb_IsInvalidJson()
        => Assert.Equal(ErrorCode.InvalidJson, intent.Refused("{\"instances\":[" + new string('[', 100_000)).Code);

    [Fact]
    public void Score_BytesThatAreNoUtf8_SayWhere()
    {
        var body = Encoding.UTF8.GetBytes(Body(Session()));
        body[40] = 0xFF;

        var refused = intent.Refused(body);

        Assert.Equal(ErrorCode.InvalidJson, refused.Code);
        Assert.Contains("byte 40", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_MoreInstancesThanAdmitted_IsRefused()
        => Assert.Equal(ErrorCode.TooManyInstances, intent.Refused(Body(Session(), Session(), Session()), maxInstances: 2).Code);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("\"3\"")]
    [InlineData("[]")]
    public void Score_BadTopK_IsRefused(string topK)
    {
        var refused = intent.Refused($$$"""{"instances":[],"parameters":{"topK":{{{topK}}}}}""");

        Assert.Equal("/parameters/topK", Assert.Single(refused.Faults).Pointer);
    }

    [Fact]
    public void Score_AfterARefusal_TheBatchServesTheNextRequestAsBefore()
    {
        var before = intent.Score(Body(Session())).ToJsonString();
        intent.Refused(Body(Session(), JsonNode.Parse("{}")!));

        Assert.Equal(before, intent.Score(Body(Session())).ToJsonString());
    }

    [Fact]
    public void Score_WithAByteOrderMark_IsRead()
        => Assert.Single(intent.Score([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Body(Session()))])["predictions"]!.AsArray());
}
