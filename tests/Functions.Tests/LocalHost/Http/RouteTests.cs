using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Functions.Tests.LocalHost.Http;

public class RouteTests
{
    private const string Prefixed = """{"extensions":{"http":{"routePrefix":"v1/inner"}}}""";

    [Theory]
    [InlineData("GET", "/", "home")]
    [InlineData("GET", "/items", "list")]
    [InlineData("POST", "/items/a", "post a")]
    [InlineData("GET", "/items/a", "get a")]
    [InlineData("GET", "/items/special", "special")]
    [InlineData("GET", "/items/a/versions/7", "version a 7")]
    [InlineData("GET", "/items/a%2Fb", "get a%2Fb")]
    [InlineData("GET", "/items/a%20b", "get a b")]
    [InlineData("GET", "/items/%C3%A4", "get ä")]
    [InlineData("GET", "/ITEMS/A", "get A")]
    [InlineData("GET", "/items/", "list")]
    [InlineData("GET", "/files/a/b.css", "file a/b.css")]
    [InlineData("PUT", "/NoRoute", "unrouted PUT")]
    [InlineData("DELETE", "/noroute", "unrouted DELETE")]
    public async Task Request_ToARoute_ReachesItsFunction(string method, string path, string answer)
    {
        await using var app = await new TestApp(typeof(Routed)).StartAsync();

        using var response = await app.Client.SendAsync(new(new(method), path));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(answer, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET", "/nothing")]
    [InlineData("GET", "/index.html")]
    [InlineData("POST", "/")]
    [InlineData("DELETE", "/items/a")]
    [InlineData("PUT", "/items/special")]
    [InlineData("HEAD", "/items/a")]
    [InlineData("GET", "/items/a/versions/x")]
    [InlineData("GET", "/items/a/b")]
    [InlineData("OPTIONS", "/items/a")]
    public async Task Request_WithoutAFunctionForPathAndMethod_Is404(string method, string path)
    {
        await using var app = await new TestApp(typeof(Routed)).StartAsync();

        using var response = await app.Client.SendAsync(new(new(method), path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(Prefixed, "/v1/inner/items/a", HttpStatusCode.OK)]
    [InlineData(Prefixed, "/v1/inner", HttpStatusCode.OK)]
    [InlineData(Prefixed, "/items/a", HttpStatusCode.NotFound)]
    [InlineData("{}", "/api/items/a", HttpStatusCode.OK)]
    [InlineData("{}", "/items/a", HttpStatusCode.NotFound)]
    [InlineData(null, "/api/items/a", HttpStatusCode.OK)]
    public async Task RoutePrefix_OfHostJson_StandsBeforeEveryRoute(string? hostJson, string path, HttpStatusCode status)
    {
        await using var app = await new TestApp(typeof(Routed)) { HostJson = hostJson }.StartAsync();

        using var response = await app.Client.GetAsync(path);

        Assert.Equal(status, response.StatusCode);
    }

    public sealed class Routed
    {
        [Function("Home")]
        public IResult Home([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{ignored:maxlength(0)?}")] HttpRequest request) =>
            Results.Text("home");

        [Function("List")]
        public IResult List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items")] HttpRequest request) => Results.Text("list");

        [Function("Get")]
        public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/{id}")] HttpRequest request, string id) =>
            Results.Text($"get {id}");

        [Function("Post")]
        public IResult Post([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "items/{id}")] HttpRequest request, string id) =>
            Results.Text($"post {id}");

        [Function("Special")]
        public IResult Special([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/special")] HttpRequest request) =>
            Results.Text("special");

        [Function("Version")]
        public async Task<IResult> Version(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/{id}/versions/{version:int}")] HttpRequest request,
            string id, string version, CancellationToken cancellationToken)
        {
            await request.Body.CopyToAsync(Stream.Null, cancellationToken);
            return Results.Text($"version {id} {version}");
        }

        [Function("File")]
        public IResult File([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "files/{*path}")] HttpRequest request, string path) =>
            Results.Text($"file {path}");

        [Function("NoRoute")]
        public IResult NoRoute([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Results.Text($"unrouted {request.Method}");
    }
}
