using System.Net;
using System.Text.Json.Nodes;

namespace EndToEnd.Tests.Http;

/// <summary><c>POST /v1/embeddings</c> and <c>/api/score</c> of an encoder, by HTTP.</summary>
public sealed class EmbeddingsTests(EncoderApp encoder) : IClassFixture<EncoderApp>
{
    private readonly RunningApp app = encoder.App;

    [Fact]
    public async Task Post_Texts_AreEmbeddedAsOpenAiWritesIt()
    {
        using var response = await app.PostAsync("v1/embeddings", """{"model":"minilm","input":["man food","rain"]}""");

        Assert.Equal(
            """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,0.5,0]},{"object":"embedding","index":1,"embedding":[0,0,1]}],"model":"minilm","version":"1","usage":{"prompt_tokens":3,"total_tokens":3}}""",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Score_Texts_AreEmbeddedInTheOrderOfTheInstances()
    {
        using var response = await app.PostAsync("api/score/minilm", """{"instances":["man food","rain"],"parameters":{"dimensions":2}}""");

        Assert.Equal("""{"model":"minilm","version":"1","predictions":[{"embedding":[0.5,0.5]},{"embedding":[0,0]}]}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""{"model":"nowhere","input":"rain"}""", HttpStatusCode.NotFound, "model", "model_not_found")]
    [InlineData("""{"model":"minilm/7","input":"rain"}""", HttpStatusCode.NotFound, "model", "version_not_found")]
    [InlineData("""{"model":"minilm","input":["rain",5]}""", HttpStatusCode.BadRequest, "input", "invalid_value")]
    [InlineData("""{"model":"minilm"}""", HttpStatusCode.BadRequest, "input", "invalid_json")]
    [InlineData("""{"model":"minilm","input":""", HttpStatusCode.BadRequest, null, "invalid_json")]
    public async Task Post_WhatDoesNotFit_IsAnErrorAsOpenAiWritesIt(string body, HttpStatusCode status, string? part, string code)
    {
        using var response = await app.PostAsync("v1/embeddings", body);

        Assert.Equal(status, response.StatusCode);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!.AsObject();
        Assert.Equal(["message", "type", "param", "code"], error.Select(member => member.Key));
        Assert.Equal("invalid_request_error", (string?)error["type"]);
        Assert.Equal(part, (string?)error["param"]);
        Assert.Equal(code, (string?)error["code"]);
        Assert.DoesNotContain("/instances", (string?)error["message"], StringComparison.Ordinal);
    }
}
