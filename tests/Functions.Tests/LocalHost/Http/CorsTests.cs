using System.Net;
using LocalHost.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Functions.Tests.LocalHost.Http;

public class CorsTests
{
    private const string Shop = "https://shop.example";

    [Theory]
    [InlineData("""{"Host":{"CORS":"https://shop.example, https://other.example"}}""", Shop, Shop, false)]
    [InlineData("""{"Host":{"CORS":"https://shop.example","CORSCredentials":true}}""", Shop, Shop, true)]
    [InlineData("""{"Host":{"CORS":"*"}}""", Shop, "*", false)]
    [InlineData("""{"Host":{"CORS":"https://other.example"}}""", Shop, null, false)]
    [InlineData("""{"Host":{"LocalHttpPort":7071}}""", Shop, null, false)]
    [InlineData(null, Shop, null, false)]
    public async Task Request_FromAnOrigin_IsAllowedAsLocalSettingsSay(string? localSettings, string origin, string? allowed, bool credentials)
    {
        await using var app = await new TestApp(typeof(Echo)) { LocalSettings = localSettings }.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "echo") { Headers = { { "Origin", origin } } };

        using var response = await app.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(allowed, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal(credentials ? "true" : null, Header(response, "Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Preflight_FromAnAllowedOrigin_IsAnsweredWithoutAKey()
    {
        await using var app = await new TestApp(typeof(Echo)) { LocalSettings = """{"Host":{"CORS":"https://shop.example"}}""" }.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, "locked")
        {
            Headers =
            {
                { "Origin", Shop },
                { "Access-Control-Request-Method", "POST" },
                { "Access-Control-Request-Headers", "x-functions-key,content-type" },
            },
        };

        using var response = await app.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(Shop, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("POST", Header(response, "Access-Control-Allow-Methods"));
        Assert.Equal("x-functions-key,content-type", Header(response, "Access-Control-Allow-Headers"));
    }

    [Fact]
    public void Build_WithCredentialsForAnyOrigin_SaysWhichSettingIsWrong()
    {
        using var app = new TestApp(typeof(Echo)) { LocalSettings = """{"Host":{"CORS":"*","CORSCredentials":true}}""" };

        var exception = Assert.Throws<HostSettingsException>(app.Build);

        Assert.Equal("local.settings.json: Host.CORSCredentials is 'true'; expected false, or a list of origins without '*' beside it.", exception.Message);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    public sealed class Echo
    {
        [Function("echo")]
        public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Results.Text("echo");

        [Function("locked")]
        public IResult Post([HttpTrigger(AuthorizationLevel.Function, "post")] HttpRequest request) => Results.Text("locked");
    }
}
