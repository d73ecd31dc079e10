using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Triggers;

namespace Functions.Tests.LocalHost.Http;

public class KeyTests
{
    [Theory]
    [InlineData("open", null, null, HttpStatusCode.OK)]
    [InlineData("open", "wrong", null, HttpStatusCode.OK)]
    [InlineData("function", TestApp.FunctionKey, null, HttpStatusCode.OK)]
    [InlineData("function", null, TestApp.FunctionKey, HttpStatusCode.OK)]
    [InlineData("function", TestApp.AdminKey, null, HttpStatusCode.OK)]
    [InlineData("function", null, TestApp.AdminKey, HttpStatusCode.OK)]
    [InlineData("function", null, null, HttpStatusCode.Unauthorized)]
    [InlineData("function", "", null, HttpStatusCode.Unauthorized)]
    [InlineData("function", "wrong", null, HttpStatusCode.Unauthorized)]
    [InlineData("function", null, "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("function", "THE-FUNCTION-KEY", null, HttpStatusCode.Unauthorized)]
    [InlineData("function", "wrong", TestApp.FunctionKey, HttpStatusCode.Unauthorized)]
    [InlineData("default", null, null, HttpStatusCode.Unauthorized)]
    [InlineData("default", TestApp.FunctionKey, null, HttpStatusCode.OK)]
    [InlineData("admin", TestApp.AdminKey, null, HttpStatusCode.OK)]
    [InlineData("admin", TestApp.FunctionKey, null, HttpStatusCode.Unauthorized)]
    [InlineData("admin", null, null, HttpStatusCode.Unauthorized)]
    public async Task Request_WithTheseKeys_IsServedByLevel(string path, string? header, string? code, HttpStatusCode status)
    {
        await using var app = await new TestApp(typeof(Levels)).StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, code is null ? path : $"{path}?code={code}");
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("x-functions-key", header);
        }

        using var response = await app.Client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK ? path : "", await response.Content.ReadAsStringAsync());
    }

    // What OpenAI's clients send as their apiKey. The last but one has the form of Entra's tokens, which are no keys even where they would fit one.
    [Theory]
    [InlineData("function", $"Bearer {TestApp.FunctionKey}", null, HttpStatusCode.OK)]
    [InlineData("function", $"bearer  {TestApp.FunctionKey} ", null, HttpStatusCode.OK)]
    [InlineData("function", $"Bearer {TestApp.AdminKey}", null, HttpStatusCode.OK)]
    [InlineData("function", "Bearer wrong", null, HttpStatusCode.Unauthorized)]
    [InlineData("function", "Bearer ", null, HttpStatusCode.Unauthorized)]
    [InlineData("function", $"Basic {TestApp.FunctionKey}", null, HttpStatusCode.Unauthorized)]
    [InlineData("function", TestApp.FunctionKey, null, HttpStatusCode.Unauthorized)]
    [InlineData("function", $"Bearer {TestApp.FunctionKey}", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("function", "Bearer unused", TestApp.FunctionKey, HttpStatusCode.OK)]
    [InlineData("admin", $"Bearer {TestApp.FunctionKey}", null, HttpStatusCode.Unauthorized)]
    [InlineData("function", "Bearer eyJhbGciOiJub25lIn0.e30.c2ln", null, HttpStatusCode.Unauthorized)]
    [InlineData("open", "Bearer eyJhbGciOiJub25lIn0.e30.c2ln", null, HttpStatusCode.OK)]
    public async Task Request_WithABearerToken_IsServedByItWhereNothingElseIsAKey(string path, string authorization, string? header, HttpStatusCode status)
    {
        var app = new TestApp(typeof(Levels));
        app.Settings["LOCALHOST_SCORING_KEY"] = "eyJhbGciOiJub25lIn0.e30.c2ln";
        await using var running = await app.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("x-functions-key", header);
        }

        using var response = await app.Client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
    }

    // A job belongs to the key that submitted it, however that came. Where tokens name callers beside keys, this one names none.
    [Fact]
    public async Task Request_WithABearerToken_ShowsTheFunctionItsKey()
    {
        await using var app = await new TestApp(typeof(Levels)).StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "key");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {TestApp.FunctionKey}");

        using var response = await app.Client.SendAsync(request);

        Assert.Equal($"key {TestApp.FunctionKey}, token ", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Request_WithoutAGoodKey_IsAnsweredByABare401()
    {
        await using var app = await new TestApp(typeof(Levels)).StartAsync();

        using var response = await app.Client.GetAsync("function");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(0, response.Content.Headers.ContentLength);
        Assert.Null(response.Content.Headers.ContentType);
        Assert.Empty(response.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task Start_WithoutConfiguredKeys_LogsAMadeKeyThatWorks()
    {
        await using var app = await new TestApp(typeof(Levels)) { Settings = new() { ["LOCALHOST_URL"] = "http://127.0.0.1:0" } }.StartAsync();

        var key = Assert.Single(app.Logs.All, line => line.Contains("function key is", StringComparison.Ordinal)).Split(' ')[^1];
        using var response = await app.Client.GetAsync($"function?code={key}");
        using var admin = await app.Client.GetAsync($"admin?code={key}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, admin.StatusCode);
    }

    [Fact]
    public async Task Requests_WithKeys_LeaveNoKeyInTheLog()
    {
        await using var app = await new TestApp(typeof(Levels)).StartAsync();

        using var served = await app.Client.GetAsync($"function?code={TestApp.FunctionKey}");
        using var refused = await app.Client.GetAsync($"admin?code={TestApp.FunctionKey}");
        using var failed = await app.Client.GetAsync($"fails?code={TestApp.AdminKey}");
        await app.StopAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        // The framework's own request lines, which hold the query, are below the level that the host logs at.
        Assert.DoesNotContain(app.Logs.All, line => line.Contains(TestApp.FunctionKey, StringComparison.Ordinal) || line.Contains(TestApp.AdminKey, StringComparison.Ordinal));
    }

    public sealed class Levels
    {
        [Function("open")]
        public IResult Open([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Results.Text("open");

        [Function("function")]
        [Purpose(KeyPurpose.Scoring)]
        public IResult Function([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request) => Results.Text("function");

        [Function("key")]
        public IResult Key([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request) => Results.Text($"key {request.Headers["x-functions-key"]}, token {request.Headers.Authorization}");

        [Function("default")]
        public IResult Default([HttpTrigger] HttpRequest request) => Results.Text("default");

        [Function("admin")]
        public IResult Admin([HttpTrigger(AuthorizationLevel.Admin)] HttpRequest request) => Results.Text("admin");

        [Function("fails")]
        public IResult Fails([HttpTrigger(AuthorizationLevel.Admin)] HttpRequest request) => throw new InvalidOperationException("failed");
    }
}
