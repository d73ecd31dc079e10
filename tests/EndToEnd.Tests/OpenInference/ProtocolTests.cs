using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using EndToEnd.Tests.Http;

namespace EndToEnd.Tests.OpenInference;

/// <summary>The routes of the protocol but for inference itself, and what a failure looks like on them.</summary>
public sealed class ProtocolTests(IntentApp intent) : IClassFixture<IntentApp>
{
    private readonly RunningApp app = intent.App;

    [Theory]
    [InlineData("v2", "binary_tensor_data")]
    [InlineData("v2/models/intent", """{"name":"features","datatype":"FP32","shape":[-1,23]}""")]
    [InlineData("v2/models/intent/versions/1", "\"platform\":\"onnx_onnxv1\"")]
    [InlineData("v2/models/intent/ready", """{"name":"intent","ready":true}""")]
    [InlineData("v2/models/intent/versions/1/ready", """{"name":"intent","ready":true}""")]
    public async Task Get_Metadata_SaysWhatIsServed(string path, string part)
        => Assert.Contains(part, await app.Client.GetStringAsync(new Uri(path, UriKind.Relative)), StringComparison.Ordinal);

    [Theory]
    [InlineData("GET", "v2/models/nobody", "", HttpStatusCode.NotFound)]
    [InlineData("GET", "v2/models/nobody/ready", "", HttpStatusCode.NotFound)]
    [InlineData("GET", "v2/models/intent/versions/2", "", HttpStatusCode.NotFound)]
    [InlineData("POST", "v2/models/nobody/infer", "{}", HttpStatusCode.NotFound)]
    [InlineData("POST", "v2/models/intent/versions/x/infer", "{}", HttpStatusCode.NotFound)]
    [InlineData("POST", "v2/models/intent/infer", "{", HttpStatusCode.BadRequest)]
    [InlineData("POST", "v2/models/intent/infer", """{"inputs":[]}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "v2/repository/index", "7", HttpStatusCode.BadRequest)]
    [InlineData("POST", "v2/repository/models/nobody/load", "", HttpStatusCode.NotFound)]
    [InlineData("POST", "v2/repository/models/intent/unload", "", HttpStatusCode.BadRequest)]
    public async Task Send_WhatFails_AnswersAStatusAndAnError(string method, string path, string body, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path) { Content = method == "GET" ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await app.Client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.NotEmpty((string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!);
    }

    [Fact]
    public async Task Infer_WrongHeaders_AreRefused()
    {
        using var tooLong = new ByteArrayContent(new byte[10]) { Headers = { { "Inference-Header-Content-Length", "11" } } };
        using var word = new ByteArrayContent(new byte[10]) { Headers = { { "Inference-Header-Content-Length", "ten" } } };
        using var packed = new ByteArrayContent(new byte[10]) { Headers = { { "Inference-Header-Content-Length", "0" }, { "Content-Encoding", "zstd" } } };
        using var text = new StringContent("{}", Encoding.UTF8, "text/plain");
        using var large = new ByteArrayContent(new byte[(16 << 20) + 1]) { Headers = { { "Inference-Header-Content-Length", "0" } } };

        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(tooLong));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(word));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await StatusAsync(packed));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await StatusAsync(text));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await StatusAsync(large));
    }

    [Theory]
    [InlineData("""{"ready":true}""")]
    [InlineData("")]
    public async Task Index_Versions_AreListedWithTheirState(string body)
    {
        using var response = await app.PostAsync("v2/repository/index", body);

        Assert.Equal("""[{"name":"intent","version":"1","state":"READY","reason":""}]""", await response.Content.ReadAsStringAsync());
    }

    private async Task<HttpStatusCode> StatusAsync(HttpContent content)
    {
        using var response = await app.Client.PostAsync(new Uri("v2/models/intent/infer", UriKind.Relative), content);
        return response.StatusCode;
    }
}
