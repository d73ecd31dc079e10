using System.Net;
using LocalHost.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Triggers;

namespace Functions.Tests.LocalHost.Http;

/// <summary>Keys that open the functions of one purpose.</summary>
public class PurposeKeyTests
{
    [Theory]
    [InlineData("scoring", "scoring", HttpStatusCode.OK)]
    [InlineData("scoring", "jobs", HttpStatusCode.Unauthorized)]
    [InlineData("scoring", "operations", HttpStatusCode.Unauthorized)]
    [InlineData("jobs", "jobs", HttpStatusCode.OK)]
    [InlineData("jobs", "operations", HttpStatusCode.OK)]
    [InlineData("jobs", "scoring", HttpStatusCode.Unauthorized)]
    [InlineData("operations", "operations", HttpStatusCode.OK)]
    [InlineData("operations", "jobs", HttpStatusCode.Unauthorized)]
    [InlineData("outcomes", "outcomes", HttpStatusCode.OK)]
    [InlineData("outcomes", "scoring", HttpStatusCode.Unauthorized)]
    [InlineData("none", "scoring", HttpStatusCode.Unauthorized)]
    [InlineData("admin-only", "operations", HttpStatusCode.Unauthorized)]
    [InlineData("none", "all", HttpStatusCode.OK)]
    [InlineData("operations", "all", HttpStatusCode.OK)]
    public async Task Request_WithAKeyOfAPurpose_IsServedByThatPurposeAlone(string path, string key, HttpStatusCode status)
    {
        await using var app = await new TestApp(typeof(Purposes))
        {
            Settings = new()
            {
                ["LOCALHOST_URL"] = "http://127.0.0.1:0",
                ["LOCALHOST_FUNCTION_KEY"] = "all",
                ["LOCALHOST_SCORING_KEY"] = "scoring",
                ["LOCALHOST_JOBS_KEY"] = "jobs",
                ["LOCALHOST_OUTCOMES_KEY"] = "outcomes",
                ["LOCALHOST_OPERATIONS_KEY"] = "operations",
            },
        }.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("x-functions-key", key);

        using var response = await app.Client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task Start_WithKeysOfPurposesAlone_NoKeyOpensEveryFunction()
    {
        await using var app = await new TestApp(typeof(Purposes)) { Settings = new() { ["LOCALHOST_URL"] = "http://127.0.0.1:0", ["LOCALHOST_SCORING_KEY"] = "scoring" } }.StartAsync();

        using var scoring = await app.Client.GetAsync("scoring?code=scoring");
        using var none = await app.Client.GetAsync("jobs?code=");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (scoring.StatusCode, none.StatusCode));
        Assert.DoesNotContain(app.Logs.All, line => line.Contains("function key is", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("the same", "the same", "LOCALHOST_SCORING_KEY and LOCALHOST_OPERATIONS_KEY hold the same key")]
    [InlineData(TestApp.FunctionKey, "another", "LOCALHOST_FUNCTION_KEY and LOCALHOST_SCORING_KEY hold the same key")]
    [InlineData("scoring", "257", "LOCALHOST_OPERATIONS_KEY is too long: expected at most 256 bytes")]
    public async Task Start_WithAKeyThatCannotBeMeant_EndsAndSaysWhy(string scoring, string operations, string reason)
    {
        var app = new TestApp(typeof(Purposes));
        app.Settings["LOCALHOST_SCORING_KEY"] = scoring;
        app.Settings["LOCALHOST_OPERATIONS_KEY"] = operations == "257" ? new string('k', 257) : operations;

        var refusal = await Assert.ThrowsAsync<HostSettingsException>(async () => await app.StartAsync());

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    public sealed class Purposes
    {
        [Function("scoring")]
        [Purpose(KeyPurpose.Scoring)]
        public IResult Scoring([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request) => Results.Ok();

        [Function("jobs")]
        [Purpose(KeyPurpose.Jobs)]
        public IResult Jobs([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request) => Results.Ok();

        [Function("outcomes")]
        [Purpose(KeyPurpose.Outcomes)]
        public IResult Outcomes([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request) => Results.Ok();

        [Function("operations")]
        [Purpose(KeyPurpose.Operations)]
        public IResult Operations([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request) => Results.Ok();

        [Function("none")]
        public IResult None([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request) => Results.Ok();

        [Function("admin-only")]
        [Purpose(KeyPurpose.Operations)]
        public IResult Admin([HttpTrigger(AuthorizationLevel.Admin)] HttpRequest request) => Results.Ok();
    }
}
