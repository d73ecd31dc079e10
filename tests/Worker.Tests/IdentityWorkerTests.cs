using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using TestCommon;
using Worker.Tests.Hosting;

namespace Worker.Tests;

/// <summary>Identities in place of keys on Azure's worker: what its host is told, and who is let in.</summary>
[Collection(PublishedAppGroup.Name)]
public sealed class IdentityWorkerTests(PublishedApp app)
{
    [Fact]
    public async Task Worker_WithIdentitiesInsteadOfKeys_AsksForThemItself()
    {
        await using var issuer = new FakeIssuer();
        await using var worker = await StartAsync(issuer, "InsteadOfKeys", ("Scoring__Callers__RowsPerMinute", "1"));

        var levels = worker.Functions.Select(Bindings.Trigger).Where(trigger => (string?)trigger["type"] == "httpTrigger").Select(trigger => (string?)trigger["authLevel"]);
        Assert.All(levels, level => Assert.Equal("Anonymous", level));

        var (refused, challenge) = await ScoreAsync(worker, null);
        var (served, _) = await ScoreAsync(worker, issuer.Token(["Score", "Shop"]));
        var (noRole, _) = await ScoreAsync(worker, issuer.Token(["Batch", "Shop"]));
        var (noModel, scope) = await ScoreAsync(worker, issuer.Token(["Score"]));
        var (tooMuch, _) = await ScoreAsync(worker, issuer.Token(["Score", "Shop"]));
        var (other, _) = await ScoreAsync(worker, issuer.Token(["Score", "Shop"], claims => claims["oid"] = "another"));

        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer realm=\"scoring\""), (refused, challenge));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (served, noRole, noModel));
        Assert.Contains("insufficient_scope", scope, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (tooMuch, other));
    }

    [Fact]
    public async Task Jobs_OfAnIdentity_AreItsOwn()
    {
        await using var issuer = new FakeIssuer();
        await using var worker = await StartAsync(issuer, "InsteadOfKeys");
        var ann = issuer.Token(["Batch", "Shop"], claims => claims["oid"] = "ann");
        var bob = issuer.Token(["Batch", "Shop"], claims => claims["oid"] = "bob");
        var boss = issuer.Token(["Publish"], claims => claims["oid"] = "boss");
        var id = $"job-{Guid.NewGuid():N}";

        Assert.Equal(HttpStatusCode.Forbidden, await SubmitAsync(worker, ann, id, "topics"));
        Assert.Equal(HttpStatusCode.Accepted, await SubmitAsync(worker, ann, id, "intent"));

        Assert.Equal(HttpStatusCode.OK, await ShowAsync(worker, ann, id));
        Assert.Equal(HttpStatusCode.NotFound, await ShowAsync(worker, bob, id));
        Assert.Equal(HttpStatusCode.OK, await ShowAsync(worker, boss, id));
    }

    [Fact]
    public async Task Audit_OfJobs_NamesTheIdentityOrTheQueue()
    {
        await using var issuer = new FakeIssuer();
        await using var worker = await StartAsync(issuer, "InsteadOfKeys");
        var ann = issuer.Token(["Batch", "Shop"], claims => claims["oid"] = "ann");
        var id = $"job-{Guid.NewGuid():N}";

        await SubmitAsync(worker, ann, id, "intent");
        await AskAsync(worker, "RetryJob", ann, new(HttpMethod.Post, new Uri($"api/jobs/{id}/retry", UriKind.Relative)), ("id", id));
        await AskAsync(worker, "CancelJob", ann, new(HttpMethod.Delete, new Uri($"api/jobs/{id}", UriKind.Relative)), ("id", id));
        await (await Invocation.OfQueueAsync(worker, "Batch", $$"""{"id":"{{id}}-q","model":"intent","instances":[{{ScoreRequest.Session}}]}""")).EndAsync();

        Assert.Equal(
            [$"job_submitted by entra:ann: job {id}", $"job_retried by entra:ann: job {id}", $"job_cancelled by entra:ann: job {id}", $"job_submitted by queue: job {id}-q"],
            worker.Log.Split('\n').Where(line => line.StartsWith("Scoring.Audit: job_", StringComparison.Ordinal)).Select(line => line["Scoring.Audit: ".Length..line.IndexOf(" of model", StringComparison.Ordinal)]));
    }

    private static Task<HttpStatusCode> SubmitAsync(RunningWorker worker, string token, string id, string model)
    {
        var body = new StringContent($$"""{"id":"{{id}}","model":"{{model}}","instances":[{{ScoreRequest.Session}}]}""", System.Text.Encoding.UTF8, "application/json");
        return AskAsync(worker, "SubmitJob", token, new(HttpMethod.Post, new Uri("api/jobs", UriKind.Relative)) { Content = body });
    }

    private static Task<HttpStatusCode> ShowAsync(RunningWorker worker, string token, string id) =>
        AskAsync(worker, "Job", token, new(HttpMethod.Get, new Uri($"api/jobs/{id}", UriKind.Relative)), ("id", id));

    private static async Task<HttpStatusCode> AskAsync(RunningWorker worker, string function, string token, HttpRequestMessage request, params (string Name, string Value)[] route)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var (invocation, answering) = await Invocation.OfHttpAsync(worker, function, request, route);
        using var answer = await answering;
        await invocation.EndAsync();
        return answer.StatusCode;
    }

    [Fact]
    public async Task Worker_WithIdentitiesBesideKeys_LeavesKeysToTheHost()
    {
        await using var issuer = new FakeIssuer();
        await using var worker = await StartAsync(issuer, "BesideKeys");

        Assert.Equal(app.Worker.Functions.Select(function => (function.Name, Level(function))), worker.Functions.Select(function => (function.Name, Level(function))));
        Assert.Equal(HttpStatusCode.OK, (await ScoreAsync(worker, null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ScoreAsync(worker, "bad")).Status);
    }

    private static string? Level(Protocol.RpcFunctionMetadata function) => (string?)Bindings.Trigger(function)["authLevel"];

    private static async Task<(HttpStatusCode Status, string Challenge)> ScoreAsync(RunningWorker worker, string? token)
    {
        using var request = ScoreRequest.Of(ScoreRequest.Body);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        var (invocation, answering) = await Invocation.OfHttpAsync(worker, "Score", request, ("model", "intent"));
        using var answer = await answering;
        Assert.Equal(Protocol.StatusResult.Types.Status.Success, (await invocation.EndAsync()).Status);
        Assert.NotNull(JsonNode.Parse(await answer.Content.ReadAsStringAsync()));
        return (answer.StatusCode, answer.Headers.WwwAuthenticate.ToString());
    }

    private Task<RunningWorker> StartAsync(FakeIssuer issuer, string mode, params (string Name, string Value)[] more) => app.StartWorkerAsync(
    [
        ("Scoring__Identity__Mode", mode),
        ("Scoring__Identity__Authority", issuer.Authority),
        ("Scoring__Identity__Audiences", FakeIssuer.Audience),
        ("Scoring__Identity__Models", "Shop=intent"),
        .. more,
    ]);
}
