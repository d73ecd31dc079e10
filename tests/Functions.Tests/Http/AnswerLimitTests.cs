using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Scoring;
using Scoring.Http;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Functions.Tests.Http;

/// <summary>Small requests for large answers.</summary>
public sealed class AnswerLimitTests(AnswerLimitTests.Served served) : IClassFixture<AnswerLimitTests.Served>
{
    private const int MaxAnswerBytes = 10_000;

    private readonly EngineServices services = served.Services;

    [Fact]
    public async Task Infer_AnswerThatFits_IsSent()
    {
        var (status, body) = await InferAsync("expand", Expand(100));

        Assert.Equal(StatusCodes.Status200OK, status);
        Assert.True(body.Length < MaxAnswerBytes);
    }

    [Theory]
    [InlineData(false, "100000")]
    [InlineData(true, "200000")]
    public async Task Infer_AnswerTooLarge_IsRefusedWithWhatItWouldHave(bool isBinary, string bytes)
    {
        var (status, body) = await InferAsync("expand", Expand(50_000, isBinary));

        Assert.Equal(StatusCodes.Status413PayloadTooLarge, status);
        Assert.StartsWith($$"""{"error":"The answer would have at least {{bytes}} bytes; expected at most 10000 (MaxAnswerBytes).""", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_ShapeThatTells_IsRefusedBeforeTheRun()
    {
        var (status, body) = await InferAsync("table", """{"inputs":[{"name":"x","datatype":"INT64","shape":[20],"data":[9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9]}]}""");

        Assert.Equal((StatusCodes.Status413PayloadTooLarge, true), (status, body.Contains("at least 40000 bytes", StringComparison.Ordinal)));
        var (ranStatus, ranBody) = await InferAsync("table", """{"inputs":[{"name":"x","datatype":"INT64","shape":[1],"data":[9]}]}""");
        Assert.Equal((StatusCodes.Status400BadRequest, true), (ranStatus, ranBody.Contains("Gather refuses", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Infer_LongTexts_AreRefusedWhileTheyAreWritten(bool isBinary)
    {
        var parameters = isBinary ? ""","parameters":{"binary_data_output":true}""" : "";
        var (status, body) = await InferAsync("texts", $$"""{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["{{new string('a', 200)}}"]}]{{parameters}}}""");

        Assert.Equal((StatusCodes.Status413PayloadTooLarge, true), (status, body.Contains("MaxAnswerBytes", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("expand", """{"instances":[{"x":[1],"s":[50000]}]}""", "at least 100000 bytes")]
    [InlineData("table", """{"instances":[9,9,9,9,9,9,9,9,9,9,9]}""", "at least 22000 bytes")]
    [InlineData("expand", """{"instances":[{"x":[0.123456],"s":[2000]}]}""", "would be larger")]
    public async Task Score_AnswerTooLarge_IsRefused(string model, string body, string found)
    {
        var (status, answer) = await ScoreAsync(model, body);

        Assert.Equal(StatusCodes.Status413PayloadTooLarge, status);
        Assert.Contains("\"code\":\"body_too_large\"", answer, StringComparison.Ordinal);
        Assert.Contains(found, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_AfterARefusal_AnswersWhatFits()
    {
        await ScoreAsync("expand", """{"instances":[{"x":[1],"s":[50000]}]}""");

        var (status, answer) = await ScoreAsync("expand", """{"instances":[{"x":[1],"s":[2]}]}""");

        Assert.Equal((StatusCodes.Status200OK, """{"model":"expand","version":"1","predictions":[{"outputs":{"y":[1,1]}}]}"""), (status, answer));
    }

    private static string Expand(int size, bool isBinary = false) =>
        $$$"""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]},{"name":"s","datatype":"INT64","shape":[1],"data":[{{{size}}}]}],"parameters":{"binary_data_output":{{{(isBinary ? "true" : "false")}}}}}""";

    private Task<(int Status, string Body)> InferAsync(string model, string body) =>
        services.CallAsync(request => services.Get<OpenInferenceEndpoint>().InferAsync(request, model, null, default), Encoding.UTF8.GetBytes(body));

    private Task<(int Status, string Body)> ScoreAsync(string model, string body) =>
        services.CallAsync(request => services.Get<ScoreEndpoint>().ScoreAsync(request, model, null, default), Encoding.UTF8.GetBytes(body));

    /// <summary>The models of all these tests, behind the endpoints.</summary>
    public sealed class Served : IDisposable
    {
        public Served()
        {
            // As large as its caller says.
            new GraphBuilder().Input("x", DataType.Float, 1).Input("s", DataType.Int64, "rank").Node("Expand", ["x", "s"], ["y"])
                .Output("y", DataType.Float, null).Save(Path.Combine(Services.Models, "expand", "1"));

            // Its shape tells how large: a thousand numbers a row. Were it run, Gather would refuse the index.
            new GraphBuilder().Input("x", DataType.Int64, "rows").Floats("table", [1, 1000], new float[1000]).Node("Gather", ["table", "x"], ["y"])
                .Output("y", DataType.Float, "rows", 1000).Save(Path.Combine(Services.Models, "table", "1"));

            // Texts whose length no shape tells.
            new GraphBuilder().Input("x", DataType.String, 1).Longs("n", [1], 100).Node("Expand", ["x", "n"], ["y"])
                .Output("y", DataType.String, 100).Save(Path.Combine(Services.Models, "texts", "1"));
        }

        internal EngineServices Services { get; } = new(collection => collection.PostConfigure<ScoringOptions>(options => options.MaxAnswerBytes = MaxAnswerBytes));

        public void Dispose() => Services.Dispose();
    }
}
