using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Azure.Storage.Sas;
using EndToEnd.Tests.Http;
using TestCommon;

namespace EndToEnd.Tests.Batch;

/// <summary>Jobs through the running app: over HTTP and over the queue, as clients send them.</summary>
public sealed class JobRouteTests(IntentApp intent) : IClassFixture<IntentApp>
{
    private const string Session = """{"ProductRelated":20,"ProductRelated_Duration":900,"PageValues":40,"Month":"Nov","VisitorType":"New_Visitor","Weekend":true}""";

    private readonly string id = $"job-{Guid.NewGuid():N}";

    [Fact]
    public async Task Post_Job_IsAcceptedScoredAndShown()
    {
        using var answer = await intent.App.PostAsync("api/jobs", $$"""{"id":"{{id}}","model":"intent","group":"shop","instances":[{{Session}},{}]}""");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal($"/api/jobs/{id}", answer.Headers.Location!.OriginalString);
        var job = await WaitForEndAsync(id);
        Assert.Equal(("succeeded", 2, 1, $"scores/shop/{id}.jsonl"), ((string?)job["state"], (int)job["rows"]!, (int)job["rowsFailed"]!, (string?)job["output"]));
        var lines = (await ReadAsync($"shop/{id}.jsonl")).Split('\n');
        Assert.Equal("purchase", (string?)JsonNode.Parse(lines[0])!["label"]);
        Assert.Equal("missing_feature", (string?)JsonNode.Parse(lines[1])!["error"]!["code"]);
    }

    [Theory]
    [InlineData("header")]
    [InlineData("query")]
    public async Task Job_OfAnotherKey_IsNotThere(string carrier)
    {
        using var accepted = await intent.App.PostAsync("api/jobs", $$"""{"id":"{{id}}","model":"intent","group":"{{id}}","instances":[{{Session}}]}""");
        await WaitForEndAsync(id);
        using var other = new HttpClient { BaseAddress = intent.App.Client.BaseAddress };
        if (carrier == "header")
        {
            other.DefaultRequestHeaders.Add("x-functions-key", RunningApp.AdminKey);
        }

        string To(string path) => carrier == "header" ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}code={RunningApp.AdminKey}";
        using var shown = await other.GetAsync(new Uri(To($"api/jobs/{id}"), UriKind.Relative));
        using var ended = await other.DeleteAsync(new Uri(To($"api/jobs/{id}"), UriKind.Relative));
        var listed = JsonNode.Parse(await other.GetStringAsync(new Uri(To($"api/jobs?group={id}"), UriKind.Relative)))!;
        var own = JsonNode.Parse(await intent.App.Client.GetStringAsync(new Uri($"api/jobs?group={id}", UriKind.Relative)))!;

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (shown.StatusCode, ended.StatusCode));
        Assert.Empty(listed["jobs"]!.AsArray());
        Assert.Single(own["jobs"]!.AsArray());
    }

    [Fact]
    public async Task Post_BodyTooLargeForAMessage_IsScored()
    {
        // 64 KiB is the most that a queue takes.
        var instances = string.Join(',', Enumerable.Repeat(Session, 1000));
        Assert.InRange(instances.Length, 64 * 1024, int.MaxValue);

        using var answer = await intent.App.PostAsync("api/jobs", $$"""{"model":"intent","instances":[{{instances}}]}""");

        var given = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!;
        var job = await WaitForEndAsync(given);
        Assert.Equal(("succeeded", 1000), ((string?)job["state"], (int)job["rows"]!));
    }

    [Theory]
    [InlineData("""{"id":"a/b","model":"intent","instances":[]}""", 400, "invalid_value")]
    [InlineData("""{"id":"x","model":"intent","input":{"blob":"models/intent/live.json"}}""", 400, "invalid_value")]
    [InlineData("nothing", 400, "invalid_json")]
    public async Task Post_MessageThatIsNone_IsRefused(string body, int status, string code)
    {
        using var answer = await intent.App.PostAsync("api/jobs", body);

        Assert.Equal((status, code), ((int)answer.StatusCode, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]));
    }

    [Theory]
    [InlineData("\"model\":\"nobody\"", "model_not_found")]
    [InlineData("\"model\":\"intent\",\"version\":\"99\"", "version_not_found")]
    public async Task Post_ModelOrVersionThatDoesNotExist_IsNotFoundAndNoJob(string model, string code)
    {
        using var answer = await intent.App.PostAsync("api/jobs", $$"""{"id":"{{id}}",{{model}},"instances":[{{Session}}]}""");

        Assert.Equal((HttpStatusCode.NotFound, code), (answer.StatusCode, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]));
        Assert.Null(await ShowAsync(id));
    }

    [Fact]
    public async Task Post_BodyThatIsTooLarge_IsToldToGoByBlob()
    {
        using var answer = await intent.App.PostAsync("api/jobs", $$"""{"model":"intent","instances":[{"Month":"{{new string('a', 20 << 20)}}"}]}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        var detail = (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["detail"];
        Assert.Contains("MaxBodyBytes", detail, StringComparison.Ordinal);
        Assert.Contains("input.blob", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_AndRetry_OfAFailedJob_ShowItAndLetItGoOn()
    {
        var group = $"g{Guid.NewGuid():N}";
        using var posted = await intent.App.PostAsync("api/jobs", $$"""{"id":"{{id}}","model":"intent","group":"{{group}}","input":{"blob":"inputs/{{id}}.jsonl"} }""");
        Assert.Equal("failed", (string?)(await WaitForEndAsync(id))["state"]);
        using var other = await intent.App.PostAsync("api/jobs", $$"""{"id":"{{id}}-2","model":"intent","group":"{{group}}","instances":[{{Session}}]}""");
        await WaitForEndAsync($"{id}-2");

        var failed = await ListAsync($"?state=failed&model=intent&group={group}");
        Assert.Equal((id, "failed", "invalid_value"), ((string?)failed[0]!["id"], (string?)failed[0]!["state"], (string?)failed[0]!["error"]!["code"]));
        Assert.Equal([$"{id}-2", id], (await ListAsync($"?group={group}")).Select(job => (string?)job!["id"]));

        await Input($"{id}.jsonl").UploadAsync(BinaryData.FromString(Session));
        using var retried = await intent.App.PostAsync($"api/jobs/{id}/retry", "");
        Assert.Equal(HttpStatusCode.Accepted, retried.StatusCode);
        Assert.Equal("succeeded", (string?)(await WaitForEndAsync(id))["state"]);
        using var unknown = await intent.App.PostAsync($"api/jobs/{id}-3/retry", "");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData("?state=done")]
    [InlineData("?stat=failed")]
    [InlineData("?limit=0")]
    [InlineData("?limit=101")]
    [InlineData("?model=a/b")]
    [InlineData("?group=a&group=b")]
    [InlineData("?after=nothing")]
    public async Task List_QueryThatCannotBeRead_IsRefused(string query)
    {
        using var answer = await intent.App.Client.GetAsync(new Uri($"api/jobs{query}", UriKind.Relative));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_value"), (answer.StatusCode, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]));
    }

    // Azure's service refuses such a message; the emulator takes it, and answers 500 whenever it would have to hand it over.
    [Fact]
    public async Task Message_WithACharacterThatXmlCannotCarry_IsLoggedAndItsNeighboursGoOn()
    {
        var queue = new QueueClient(intent.Storage.ConnectionString, "score-requests");
        await queue.CreateIfNotExistsAsync();
        var address = new UriBuilder(queue.GenerateSasUri(QueueSasPermissions.Add, DateTimeOffset.UtcNow.AddDays(1)));
        address.Path += "/messages";
        using var client = new HttpClient();
        foreach (var text in (string[])[$"{{&quot;id&quot;:&quot;{id}-bad\u0001&quot;}}", $"{id}\u0000"])
        {
            using var content = new StringContent($"<QueueMessage><MessageText>{text}</MessageText></QueueMessage>", Encoding.UTF8, "application/xml");
            (await client.PostAsync(address.Uri, content)).EnsureSuccessStatusCode();
        }

        // What is taken together with the first of them stays hidden for its lease, since nobody gets its receipt. From the log line on, messages are taken one at a time.
        await Poll.UntilAsync(() => Task.FromResult(intent.App.Log.Contains("characters that XML cannot carry", StringComparison.Ordinal)));
        await SendAsync($$"""{"id":"{{id}}","model":"intent","instances":[{{Session}}]}""");

        Assert.Equal("succeeded", (string?)(await WaitForEndAsync(id))["state"]);
    }

    [Fact]
    public async Task Post_SameIdAgain_IsTheSameJobOrAConflict()
    {
        var body = $$"""{"id":"{{id}}","model":"intent","instances":[{{Session}}]}""";
        using var first = await intent.App.PostAsync("api/jobs", body);
        await WaitForEndAsync(id);

        using var again = await intent.App.PostAsync("api/jobs", body);
        using var other = await intent.App.PostAsync("api/jobs", $$"""{"id":"{{id}}","model":"intent","instances":[]}""");

        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Equal("job_conflict", (string?)JsonNode.Parse(await other.Content.ReadAsStringAsync())!["code"]);
        Assert.Equal("succeeded", (string?)(await ShowAsync(id))!["state"]);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task GetAndDelete_IdNeverSeen_IsNotFound(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"api/jobs/{id}");
        using var answer = await intent.App.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("job_not_found", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Message_RawOrInBase64_IsScored(bool inBase64)
    {
        var message = $$"""{"id":"{{id}}","model":"intent","instances":[{{Session}}]}""";

        await SendAsync(inBase64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(message)) : message);

        Assert.Equal("succeeded", (string?)(await WaitForEndAsync(id))["state"]);
        Assert.Contains("purchase", await ReadAsync($"{id}.jsonl"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_ThatIsRefused_ReachesThePoisonQueueWithItsReasonUnderItsId()
    {
        var message = $$"""{"id":"{{id}}","model":"intent","instances":7}""";
        await SendAsync(message);

        var poison = new QueueClient(intent.Storage.ConnectionString, "score-requests-poison");
        await Poll.UntilAsync(async () => (await poison.ExistsAsync()).Value && (await poison.PeekMessagesAsync(32)).Value.Any(found => found.Body.ToString() == message));

        var job = await ShowAsync(id);
        Assert.Equal(("failed", "invalid_value", 5), ((string?)job!["state"], (string?)job["error"]!["code"], (int)job["tries"]!));
    }

    [SharedDataFact("data/online_shoppers_intention.csv")]
    public async Task Message_WholeShop_IsScored()
    {
        await Input($"{id}.csv").UploadAsync(Checkout.SharedPathTo("data", "online_shoppers_intention.csv"));

        await SendAsync($$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/{{id}}.csv"} }""");

        var job = await WaitForEndAsync(id);
        Assert.Equal(("succeeded", 12_330, 14), ((string?)job["state"], (int)job["rows"]!, (int)job["rowsFailed"]!));
        Assert.Equal(12_330, (await ReadAsync($"{id}.jsonl")).Count(c => c == '\n'));
    }

    private async Task<JsonArray> ListAsync(string query) =>
        JsonNode.Parse(await intent.App.Client.GetStringAsync(new Uri($"api/jobs{query}", UriKind.Relative)))!["jobs"]!.AsArray();

    private async Task SendAsync(string message)
    {
        var queue = new QueueClient(intent.Storage.ConnectionString, "score-requests");
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync(message);
    }

    private async Task<JsonNode?> ShowAsync(string job)
    {
        using var answer = await intent.App.Client.GetAsync(new Uri($"api/jobs/{job}", UriKind.Relative));
        return answer.StatusCode == HttpStatusCode.NotFound ? null : JsonNode.Parse(await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonNode> WaitForEndAsync(string job)
    {
        JsonNode? view = null;
        await Poll.UntilAsync(async () => (string?)(view = await ShowAsync(job))?["state"] is "succeeded" or "failed" or "cancelled");
        return view!;
    }

    private BlobClient Input(string name)
    {
        var container = new BlobContainerClient(intent.Storage.ConnectionString, "inputs");
        container.CreateIfNotExists();
        return container.GetBlobClient(name);
    }

    private async Task<string> ReadAsync(string name) =>
        (await new BlobClient(intent.Storage.ConnectionString, "scores", name).DownloadContentAsync()).Value.Content.ToString();
}
