using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using TestCommon;

namespace EndToEnd.Tests.Http;

public sealed class ScoreTests(IntentApp intent) : IClassFixture<IntentApp>
{
    private readonly RunningApp app = intent.App;

    private static string Session(string change = "\"Month\":\"Nov\"") =>
        $$"""{"ProductRelated":5,"ProductRelated_Duration":310,{{change}},"VisitorType":"Returning_Visitor","Weekend":true}""";

    private static string Body(params string[] sessions) => $$"""{"instances":[{{string.Join(',', sessions)}}]}""";

    private static async Task<JsonNode> RefusedAsync(HttpStatusCode status, string code, HttpResponseMessage response)
    {
        using (response)
        {
            Assert.Equal(status, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            Assert.Equal(code, (string?)problem["code"]);
            Assert.Equal((int)status, (int)problem["status"]!);
            Assert.DoesNotContain("   at ", problem.ToJsonString(), StringComparison.Ordinal);
            return problem;
        }
    }

    [Fact]
    public async Task Score_GoldenCases_AnswerWhatTheyMust()
    {
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Checkout.PathTo("samples", "intent", "package", "golden.json")))!;
        var cases = golden["cases"]!.AsArray();
        var body = new JsonObject { ["instances"] = new JsonArray([.. cases.Select(golden => golden!["instance"]!.DeepClone())]) };

        using var response = await app.PostAsync("api/score/intent", body.ToJsonString());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        var predictions = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["predictions"]!.AsArray();
        Assert.Equal(cases.Count, predictions.Count);
        for (var index = 0; index < cases.Count; index++)
        {
            var expected = cases[index]!["prediction"]!;
            Assert.Equal((string?)expected["label"], (string?)predictions[index]!["label"]);
            Assert.Equal((double)expected["probability"]!, (double)predictions[index]!["probability"]!, (double)golden["tolerance"]!);
        }
    }

    [Theory]
    [InlineData("api/score/intent/1", HttpStatusCode.OK)]
    [InlineData("api/score/intent/2", HttpStatusCode.NotFound, "version_not_found")]
    [InlineData("api/score/intent/01", HttpStatusCode.NotFound, "version_not_found")]
    [InlineData("api/score/intent/latest", HttpStatusCode.NotFound, "version_not_found")]
    [InlineData("api/score/nobody", HttpStatusCode.NotFound, "model_not_found")]
    [InlineData("api/score/..%2Fintent", HttpStatusCode.NotFound, "model_not_found")]
    public async Task Score_Path_AnswersByWhatItNames(string path, HttpStatusCode status, string? code = null)
    {
        using var response = await app.PostAsync(path, Body(Session()));

        Assert.Equal(status, response.StatusCode);
        if (code is not null)
        {
            Assert.Equal(code, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]);
        }
    }

    [Fact]
    public async Task Score_BadFeatures_AreNamedByPointer()
    {
        var problem = await RefusedAsync(HttpStatusCode.BadRequest, "invalid_value", await app.PostAsync("api/score/intent", Body(Session(), Session("\"Month\":\"Smarch\""))));

        Assert.Equal("/instances/1/Month", (string?)problem["errors"]![0]!["pointer"]);
    }

    [Theory]
    [InlineData("{\"instances\":[")]
    [InlineData("")]
    [InlineData("[[[[[[")]
    public async Task Score_NoJson_Is400(string body)
        => await RefusedAsync(HttpStatusCode.BadRequest, "invalid_json", await app.PostAsync("api/score/intent", body));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Score_BodyOfTwentyMegabytes_Is413(bool chunked)
    {
        using var content = new StreamContent(new MemoryStream(new byte[20 << 20]));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/score/intent") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;

        await RefusedAsync(HttpStatusCode.RequestEntityTooLarge, "body_too_large", await app.Client.SendAsync(request));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Score_OtherMediaType_Is415(string mediaType)
    {
        using var content = new StringContent(Body(Session()), Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);

        await RefusedAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type", await app.Client.PostAsync(new Uri("api/score/intent", UriKind.Relative), content));
    }

    [Fact]
    public async Task Score_TooManyInstances_Is413()
        => await RefusedAsync(HttpStatusCode.RequestEntityTooLarge, "too_many_instances", await app.PostAsync("api/score/intent", Body([.. Enumerable.Repeat(Session(), 1025)])));

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong", HttpStatusCode.Unauthorized)]
    [InlineData(RunningApp.FunctionKey, HttpStatusCode.OK)]
    [InlineData(RunningApp.AdminKey, HttpStatusCode.OK)]
    public async Task Score_Key_OpensOrAnswersABare401(string? key, HttpStatusCode status)
    {
        using var client = new HttpClient { BaseAddress = app.Client.BaseAddress };
        using var content = new StringContent(Body(Session()), Encoding.UTF8, "application/json");

        using var response = await client.PostAsync(new Uri(key is null ? "api/score/intent" : $"api/score/intent?code={key}", UriKind.Relative), content);

        Assert.Equal(status, response.StatusCode);
        Assert.True(status == HttpStatusCode.OK || (await response.Content.ReadAsByteArrayAsync()).Length == 0);
    }

    [Fact]
    public async Task Models_Intent_TellsExactlyWhatAnswers()
    {
        var model = JsonNode.Parse(await app.Client.GetStringAsync(new Uri("api/models/intent", UriKind.Relative)))!;

        Assert.Equal("1", (string?)model["version"]);
        var bytes = await File.ReadAllBytesAsync(Checkout.PathTo("samples", "intent", "package", "model.onnx"));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), (string?)model["sha256"]);
        Assert.Equal(13, model["schema"]!["features"]!.AsArray().Count);
        Assert.Equal("float32 [rows, 23]", (string?)model["schema"]!["inputs"]![0]!["type"]);
        var list = JsonNode.Parse(await app.Client.GetStringAsync(new Uri("api/models", UriKind.Relative)))!;
        Assert.Equal(["intent"], list["models"]!.AsArray().Select(listed => (string?)listed!["name"]));
    }

    [Theory]
    [InlineData("", "text/html")]
    [InlineData("assets/page.js", "text/javascript")]
    [InlineData("assets/page.css", "text/css")]
    public async Task Page_Anonymous_IsServedUnderAStrictPolicy(string path, string mediaType)
    {
        using var client = new HttpClient { BaseAddress = app.Client.BaseAddress };

        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(mediaType, response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }
}
