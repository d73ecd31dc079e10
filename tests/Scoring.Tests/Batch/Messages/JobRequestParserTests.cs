using System.Text;
using System.Text.Json;
using Scoring.Batch.Messages;

namespace Scoring.Tests.Batch.Messages;

public sealed class JobRequestParserTests
{
    [Fact]
    public void Parse_EveryProperty_IsRead()
    {
        var request = Parse("""
            {"id":"day-1","model":"intent","version":"3","group":"shop","traceparent":"00-1-2-01","input":{"blob":"inputs/a/day.csv","format":"csv"},
             "keep":["user","at"],"features":"SELECT 1","output":"parquet","priority":"high","timeout":90}
            """);

        Assert.Equal("day-1", request.Id);
        Assert.Equal("intent", request.Model);
        Assert.Equal("3", request.Version);
        Assert.Equal("shop", request.Group);
        Assert.Equal("00-1-2-01", request.TraceParent);
        Assert.Equal(new JobInput("inputs/a/day.csv", IsPrefix: false, JobFormat.Csv), request.Input);
        Assert.Equal("inputs", request.Input!.Container);
        Assert.Equal("a/day.csv", request.Input.Name);
        Assert.Equal(["user", "at"], request.Keep);
        Assert.Equal("SELECT 1", request.Features);
        Assert.Equal("shop/day-1.parquet", request.OutputName);
        Assert.Equal((JobPriority.High, TimeSpan.FromSeconds(90)), (request.Priority, request.Timeout));
    }

    [Fact]
    public void Parse_TimeoutOfZero_IsNone() => Assert.Null(Parse("""{"id":"x","model":"m","timeout":0,"instances":[1]}""").Timeout);

    [Fact]
    public void Parse_Instances_KeepsTheirTokensAndDropsBlanks()
    {
        var request = Parse("""{"id":"x","model":"m","instances":[ {"a" : 1.50 , "b":"é \u00e9 \" ]" }, [ 1e2 ], 12345678901234567890 ]}""");

        Assert.Equal("""[{"a":1.50,"b":"é \u00e9 \" ]"},[1e2],12345678901234567890]""", Encoding.UTF8.GetString(request.Instances!.Value.Span));
        Assert.Equal(3, request.CountInstances());
    }

    [Theory]
    [InlineData("""{"model":"m","instances":[]}""", "")]
    [InlineData("""{"id":"x","instances":[]}""", "")]
    [InlineData("""{"id":"x","model":"m"}""", "")]
    [InlineData("""{"id":"../x","model":"m","instances":[]}""", "/id")]
    [InlineData("""{"id":"x","model":"m/3","instances":[]}""", "/model")]
    [InlineData("""{"id":"x","model":"m","group":"a/b","instances":[]}""", "/group")]
    [InlineData("""{"id":7,"model":"m","instances":[]}""", "/id")]
    [InlineData("""{"id":"x","model":"m","version":"0","instances":[]}""", "/version")]
    [InlineData("""{"id":"x","model":"m","version":3,"instances":[]}""", "/version")]
    [InlineData("""{"id":"x","model":"m","instances":{}}""", "/instances")]
    [InlineData("""{"id":"x","model":"m","instances":[],"input":{"blob":"inputs/a.csv"}}""", "/input")]
    [InlineData("""{"id":"x","model":"m","input":"inputs/a.csv"}""", "/input")]
    [InlineData("""{"id":"x","model":"m","input":{}}""", "/input")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs/a.csv","prefix":"inputs/"}}""", "/input")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs/a.csv","format":"xml"}}""", "/input/format")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs/a.csv","kind":1}}""", "/input/kind")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs/a.csv","delimiter":";;"}}""", "/input/delimiter")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs/a.csv","delimiter":""}}""", "/input/delimiter")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs/a.csv","delimiter":"a"}}""", "/input/delimiter")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs/a.csv","delimiter":"\""}}""", "/input/delimiter")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs/a.csv","delimiter":"\n"}}""", "/input/delimiter")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs/a.csv","delimiter":"§"}}""", "/input/delimiter")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs/a.csv","delimiter":9}}""", "/input/delimiter")]
    [InlineData("""{"id":"x","model":"m","instances":[],"maxFailedRows":-1}""", "/maxFailedRows")]
    [InlineData("""{"id":"x","model":"m","instances":[],"maxFailedRows":1.5}""", "/maxFailedRows")]
    [InlineData("""{"id":"x","model":"m","instances":[],"maxFailedRows":"5"}""", "/maxFailedRows")]
    [InlineData("""{"id":"x","model":"m","instances":[],"maxFailedRows":"101%"}""", "/maxFailedRows")]
    [InlineData("""{"id":"x","model":"m","instances":[],"maxFailedRows":"-5%"}""", "/maxFailedRows")]
    [InlineData("""{"id":"x","model":"m","instances":[],"maxFailedRows":["5%"]}""", "/maxFailedRows")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs"}}""", "/input/blob")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs/../models/a.csv"}}""", "/input/blob")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs/./a.csv"}}""", "/input/blob")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs//a.csv"}}""", "/input/blob")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"inputs\\a.csv"}}""", "/input/blob")]
    [InlineData("""{"id":"x","model":"m","input":{"blob":"https://evil/a.csv"}}""", "/input/blob")]
    [InlineData("""{"id":"x","model":"m","keep":["a","a"],"input":{"blob":"inputs/a.csv"}}""", "/keep/1")]
    [InlineData("""{"id":"x","model":"m","keep":"a","input":{"blob":"inputs/a.csv"}}""", "/keep")]
    [InlineData("""{"id":"x","model":"m","features":"SELECT 1","instances":[]}""", "/features")]
    [InlineData("""{"id":"x","model":"m","output":"csv","instances":[]}""", "/output")]
    [InlineData("""{"id":"x","model":"m","priority":"urgent","instances":[]}""", "/priority")]
    [InlineData("""{"id":"x","model":"m","timeout":-1,"instances":[]}""", "/timeout")]
    [InlineData("""{"id":"x","model":"m","timeout":"1h","instances":[]}""", "/timeout")]
    [InlineData("""{"id":"x","model":"m","instances":[],"isntances":[]}""", "/isntances")]
    [InlineData("""{"id":"x","id":"y","model":"m","instances":[]}""", "/id")]
    public void Parse_FaultyMessage_PointsToTheFault(string json, string pointer)
    {
        var exception = Assert.Throws<ScoringException>(() => Parse(json));

        Assert.Contains(exception.Faults, fault => fault.Pointer == pointer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"id":"x","model":"m","instances":[1}""")]
    [InlineData("""{"id":"x","model":"m","instances":[1]} x""")]
    [InlineData("""{"id":"\ud800","model":"m","instances":[1]}""")]
    public void Parse_NoJsonObject_IsInvalidJson(string json) =>
        Assert.Equal(ErrorCode.InvalidJson, Assert.Throws<ScoringException>(() => Parse(json)).Code);

    [Fact]
    public void Parse_SeveralFaults_NamesThemTogether()
    {
        var exception = Assert.Throws<ScoringException>(() => Parse("""{"id":"/","model":"","keep":1}"""));

        Assert.Equal(["/id", "/model", "/keep", ""], exception.Faults.Select(fault => fault.Pointer));
    }

    [Fact]
    public void ContentHash_OtherSpacingOrderTracePriorityAndTimeout_IsTheSame()
    {
        var one = Parse("""{"id":"x","model":"m","version":"1","instances":[{"a":1}]}""");
        var two = Parse("""{ "instances" : [ { "a" : 1 } ], "version":"1", "model":"m", "traceparent":"t", "priority":"low", "timeout":7, "id":"x" }""");

        Assert.Equal(one.ContentHash(), two.ContentHash());
    }

    [Theory]
    [InlineData("""{"id":"x","model":"m","instances":[{"a":2}]}""")]
    [InlineData("""{"id":"x","model":"n","instances":[{"a":1}]}""")]
    [InlineData("""{"id":"x","model":"m","version":"1","instances":[{"a":1}]}""")]
    [InlineData("""{"id":"x","model":"m","group":"g","instances":[{"a":1}]}""")]
    [InlineData("""{"id":"x","model":"m","keep":["a"],"instances":[{"a":1}]}""")]
    [InlineData("""{"id":"x","model":"m","maxFailedRows":1,"instances":[{"a":1}]}""")]
    public void ContentHash_OtherContent_IsAnother(string json) =>
        Assert.NotEqual(Parse("""{"id":"x","model":"m","instances":[{"a":1}]}""").ContentHash(), Parse(json).ContentHash());

    [Theory]
    [InlineData("\"5%\"", "5%")]
    [InlineData("\"2.50%\"", "2.5%")]
    [InlineData("1000", "1000")]
    public void WriteTo_ParsedAgain_IsTheSameRequest(string limit, string written)
    {
        var request = Parse($$"""{"id":"x","model":"m","group":"g","traceparent":"t","input":{"prefix":"inputs/day/","format":"csv","delimiter":"\t"},"keep":["a"],"features":"SELECT 'é'","maxFailedRows":{{limit}},"priority":"low","timeout":7}""");
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            request.WriteTo(writer);
        }

        var again = JobRequestParser.Parse(stream.ToArray());

        Assert.Equal(request.ContentHash(), again.ContentHash());
        Assert.Equal(request.Input, again.Input);
        Assert.Equal("t", again.TraceParent);
        Assert.Equal((JobPriority.Low, TimeSpan.FromSeconds(7)), (again.Priority, again.Timeout));
        Assert.Equal('\t', again.Input!.Delimiter);
        Assert.Equal(written, again.MaxFailedRows.ToString());
    }

    [Theory]
    [InlineData("""{"id":"x","model":7}""", "x")]
    [InlineData("""{"model":"m","id":"x","instances":[}""", "x")]
    [InlineData("""{"instances":[{"id":"y"}],"id":"x"}""", "x")]
    [InlineData("""{"id":"../x"}""", null)]
    [InlineData("no json", null)]
    public void FindId_RefusedMessage_GivesAValidIdOrNone(string json, string? expected) =>
        Assert.Equal(expected, JobRequestParser.FindId(Encoding.UTF8.GetBytes(json)));

    private static JobRequest Parse(string json) => JobRequestParser.Parse(Encoding.UTF8.GetBytes(json));
}
