using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Scoring.Http;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Functions.Tests.Http;

/// <summary>Triton's statistics, classification and configuration.</summary>
public sealed class InferenceExtensionsTests : IDisposable
{
    private readonly EngineServices services = new();
    private readonly OpenInferenceEndpoint endpoint;

    public InferenceExtensionsTests()
    {
        endpoint = services.Get<OpenInferenceEndpoint>();
        new GraphBuilder().Input("x", DataType.Float, "rows", 3).Node("Identity", ["x"], ["y"]).Node("Cast", ["x"], ["h"], GraphBuilder.Attribute("to", (long)DataType.Float16))
            .Node("Cast", ["x"], ["t"], GraphBuilder.Attribute("to", (long)DataType.String))
            .Output("y", DataType.Float, "rows", 3).Output("h", DataType.Float16, "rows", 3).Output("t", DataType.String, "rows", 3).Save(Path.Combine(services.Models, "m", "1"));
        File.WriteAllText(Path.Combine(services.Models, "m", "1", "model.json"), """{"task":"classification","labels":["a","b","c"],"outputs":{"probabilities":"y"}}""");
        GraphBuilder.Echo(DataType.Int64, "n").Save(Path.Combine(services.Models, "flat", "1"));
    }

    public void Dispose() => services.Dispose();

    [Fact]
    public async Task Infer_Classification_GivesTheGreatestOfEachRow()
    {
        var answer = await InferAsync("m", """{"inputs":[{"name":"x","datatype":"FP32","shape":[2,3],"data":[0.1,0.7,0.2,5,5,"NaN"]}],"outputs":[{"name":"y","parameters":{"classification":2}}]}""");

        Assert.Equal(
            """[{"name":"y","datatype":"BYTES","shape":[2,2],"data":["0.7:1:b","0.2:2:c","5:0:a","5:1:b"]}]""", answer["outputs"]!.ToJsonString());
    }

    [Fact]
    public async Task Infer_ClassificationOfAnOutputWithoutLabels_HasScoresAndIndexes()
    {
        var halves = await InferAsync("m", """{"inputs":[{"name":"x","datatype":"FP32","shape":[1,3],"data":[0.1,0.5,0.2]}],"outputs":[{"name":"h","parameters":{"classification":1}},{"name":"y"}]}""");
        var flat = await InferAsync("flat", """{"inputs":[{"name":"x","datatype":"INT64","shape":[3],"data":[3,9,1]}],"outputs":[{"name":"y","parameters":{"classification":9}}]}""");

        Assert.Equal("""["0.5:1"]""", halves["outputs"]![0]!["data"]!.ToJsonString());
        Assert.Equal("[0.1,0.5,0.2]", halves["outputs"]![1]!["data"]!.ToJsonString());
        Assert.Equal(("[3]", """["9:1","3:0","1:2"]"""), (flat["outputs"]![0]!["shape"]!.ToJsonString(), flat["outputs"]![0]!["data"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("t", "2", "expected a tensor of numbers")]
    [InlineData("y", "0", "expected how many classes are wanted, a whole number of at least 1")]
    [InlineData("y", "true", "expected how many classes are wanted")]
    public async Task Infer_ClassificationThatCannotBe_IsRefused(string output, string classes, string expected)
    {
        var (status, body) = await CallAsync(
            request => endpoint.InferAsync(request, "m", null, default),
            $$$"""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,3],"data":[1,2,3]}],"outputs":[{"name":"{{{output}}}","parameters":{"classification":{{{classes}}}}}]}""");

        Assert.Equal(StatusCodes.Status400BadRequest, status);
        Assert.Contains(expected, body, StringComparison.Ordinal);
        Assert.Contains("/outputs/0/parameters/classification", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statistics_OfAVersionThatWasAsked_CountItsRequestsRunsAndRows()
    {
        await InferAsync("m", """{"inputs":[{"name":"x","datatype":"FP32","shape":[2,3],"data":[1,2,3,4,5,6]}],"outputs":[{"name":"y"}]}""");
        await CallAsync(request => endpoint.InferAsync(request, "m", null, default), """{"inputs":[]}""");

        var one = await StatisticsAsync(request => endpoint.StatisticsAsync(request, "m", "1", default));
        var all = await StatisticsAsync(request => endpoint.AllStatisticsAsync(request, default));

        Assert.Equal(("m", "1", 2L, 1L), ((string)one["name"]!, (string)one["version"]!, (long)one["inference_count"]!, (long)one["execution_count"]!));
        Assert.InRange((long)one["last_inference"]!, DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeMilliseconds(), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        var counts = one["inference_stats"]!;
        Assert.Equal((1L, 1L, 1L, 0L), ((long)counts["success"]!["count"]!, (long)counts["fail"]!["count"]!, (long)counts["compute_infer"]!["count"]!, (long)counts["queue"]!["count"]!));
        Assert.True((long)counts["success"]!["ns"]! >= (long)counts["compute_infer"]!["ns"]! && (long)counts["compute_infer"]!["ns"]! > 0);
        Assert.Equal(one.ToJsonString(), all.ToJsonString());
    }

    [Fact]
    public async Task Statistics_OfAVersionThatWasNeverAsked_AreZeroAndLoadNothing()
    {
        var one = await StatisticsAsync(request => endpoint.StatisticsAsync(request, "flat", "1", default));
        var (_, model) = await CallAsync(request => endpoint.StatisticsAsync(request, "flat", null, default));

        Assert.Equal((0L, 0L), ((long)one["inference_count"]!, (long)one["last_inference"]!));
        Assert.Equal("""{"model_stats":[]}""", model);
    }

    [Theory]
    [InlineData("m", "7")]
    [InlineData("nobody", null)]
    public async Task Statistics_OfWhatIsNotThere_Are404(string model, string? version)
    {
        var (status, body) = await CallAsync(request => endpoint.StatisticsAsync(request, model, version, default));

        Assert.Equal(StatusCodes.Status404NotFound, status);
        Assert.NotNull(JsonNode.Parse(body)!["error"]);
    }

    [Fact]
    public async Task Config_OfAModel_HasItsTensors()
    {
        var (_, body) = await CallAsync(request => endpoint.ConfigAsync(request, "m", null, default));

        Assert.Equal(
            """{"name":"m","platform":"onnxruntime_onnx","backend":"onnxruntime","max_batch_size":0,"input":[{"name":"x","data_type":"TYPE_FP32","dims":[-1,3]}],"output":["""
            + """{"name":"y","data_type":"TYPE_FP32","dims":[-1,3]},{"name":"h","data_type":"TYPE_FP16","dims":[-1,3]},{"name":"t","data_type":"TYPE_STRING","dims":[-1,3]}],"default_model_filename":"model.onnx"}""",
            body);
    }

    private async Task<JsonNode> InferAsync(string model, string json)
    {
        var (status, body) = await CallAsync(request => endpoint.InferAsync(request, model, null, default), json);
        Assert.True(status == StatusCodes.Status200OK, body);
        return JsonNode.Parse(body)!;
    }

    private async Task<JsonNode> StatisticsAsync(Func<HttpRequest, Task<IResult>> call) => Assert.Single(JsonNode.Parse((await CallAsync(call)).Body)!["model_stats"]!.AsArray())!;

    private Task<(int Status, string Body)> CallAsync(Func<HttpRequest, Task<IResult>> call, string json = "") => services.CallAsync(call, Encoding.UTF8.GetBytes(json));
}
