using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using EndToEnd.Tests.Batch;
using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>Receipts and outcomes through a running app over an emulator, which one test takes away.</summary>
public sealed class OutcomeRouteTests : IAsyncLifetime
{
    private const string OutcomesKey = "a-key-for-outcomes-alone";
    private const string ScoringKey = "a-key-for-scoring-alone";
    private const string Session = """{"ProductRelated":20,"ProductRelated_Duration":900,"PageValues":40,"Month":"Nov","VisitorType":"New_Visitor","Weekend":true}""";

    private Azurite storage = null!;
    private RunningApp app = null!;

    public async Task InitializeAsync()
    {
        storage = await Azurite.StartNewAsync();
        await RunningApp.PublishAsync(storage, Checkout.PathTo("samples", "intent", "package"), "intent");
        app = await RunningApp.StartAsync(
            storage, ("Scoring__Preload", "intent"), ("Scoring__ReceiptKey", IntentApp.ReceiptKey), ("LOCALHOST_OUTCOMES_KEY", OutcomesKey), ("LOCALHOST_SCORING_KEY", ScoringKey));
        await app.WaitAsync("v2/health/ready");
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await storage.DisposeAsync();
    }

    [Fact]
    public async Task Outcomes_FromReceiptToLine_ByHttpQueueAndJob()
    {
        // 1. A request's receipt comes back over HTTP, with the key for outcomes alone.
        var receipt = await ReceiptAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await TellAsync(receipt, ScoringKey)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await ScoreStatusAsync(OutcomesKey));
        var (status, answer, _) = await TellAsync(receipt, OutcomesKey);
        Assert.Equal((HttpStatusCode.OK, """{"accepted":1,"refused":[]}"""), (status, answer));
        var forged = await TellAsync(receipt[..^4] + "AAAA", OutcomesKey);
        Assert.Equal((HttpStatusCode.BadRequest, "/outcomes/0/receipt"), (forged.Status, (string?)JsonNode.Parse(forged.Body)!["errors"]![0]!["pointer"]));
        Assert.Contains("forged", forged.Body, StringComparison.Ordinal);

        // 2. A job's lines carry receipts, and one comes back over the queue, twice.
        using var accepted = await app.PostAsync("api/jobs", $$"""{"id":"with-receipts","model":"intent","receipts":true,"instances":[{{Session}}]}""");
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await Poll.UntilAsync(async () => (string?)JsonNode.Parse(await app.Client.GetStringAsync(new Uri("api/jobs/with-receipts", UriKind.Relative)))!["state"] == "succeeded");
        var line = (await Blobs("scores").GetBlobClient("with-receipts.jsonl").DownloadContentAsync()).Value.Content.ToString();
        var message = $$"""{"outcomes":[{"receipt":"{{(string)JsonNode.Parse(line)!["receipt"]!}}","label":"browse"}]}""";
        var queue = new QueueClient(storage.ConnectionString, "outcomes");
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync(message);
        await queue.SendMessageAsync(message);
        await Poll.UntilAsync(async () => await CountAsync() == 2);
        await Poll.UntilAsync(async () => (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount == 0);
        Assert.Equal(2, await CountAsync());

        // 3. Both receipts have an outcome. What this instance counted is there for others once it ends.
        var found = JsonNode.Parse(await app.Client.GetStringAsync(new Uri("api/models/intent/calibration?since=1d", UriKind.Relative)))!["versions"]![0]!;
        Assert.Equal((2, 2, 1.0), ((int)found["outcomes"]!, (int)found["receipts"]!["issued"]!, (double)found["receipts"]!["share"]!));
        Assert.Equal(0, await app.StopAsync());
        var counted = await Blobs("outcomes").GetBlobsAsync().Select(blob => blob.Name).Where(name => name.Contains("/receipts-", StringComparison.Ordinal)).ToListAsync();
        var counts = JsonNode.Parse((await Blobs("outcomes").GetBlobClient(Assert.Single(counted)).DownloadContentAsync()).Value.Content.ToString())!["minutes"]!.AsObject();
        Assert.Equal(2, counts.Sum(minute => (int)minute.Value!));

        // 4. The log tells no secret.
        Assert.DoesNotContain(receipt, app.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(IntentApp.ReceiptKey, app.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_StorageAway_Is503WithRetryAfterAndTakenLater()
    {
        var receipt = await ReceiptAsync();
        Assert.Equal(HttpStatusCode.OK, (await TellAsync(await ReceiptAsync(), OutcomesKey)).Status);
        await storage.StopAsync();

        var (status, body, retryAfter) = await TellAsync(receipt, OutcomesKey);

        Assert.True(status == HttpStatusCode.ServiceUnavailable, body);
        Assert.NotNull(retryAfter);
        await storage.StartAsync();
        Assert.Equal(1, await CountAsync());
        Assert.Equal(HttpStatusCode.OK, (await TellAsync(receipt, OutcomesKey)).Status);
        Assert.Equal(2, await CountAsync());
    }

    private BlobContainerClient Blobs(string container) => new BlobServiceClient(storage.ConnectionString).GetBlobContainerClient(container);

    private async Task<int> CountAsync()
    {
        var count = 0;
        await foreach (var blob in Blobs("outcomes").GetBlobsAsync())
        {
            count += blob.Name.EndsWith(".jsonl", StringComparison.Ordinal) ? 1 : 0;
        }

        return count;
    }

    private async Task<string> ReceiptAsync()
    {
        using var answer = await app.PostAsync("api/score/intent", $$$"""{"instances":[{{{Session}}}],"parameters":{"receipts":true}}""");
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["predictions"]![0]!["receipt"]!;
    }

    private async Task<HttpStatusCode> ScoreStatusAsync(string key)
    {
        using var answer = await SendAsync("api/score/intent", $$"""{"instances":[{{Session}}]}""", key);
        return answer.StatusCode;
    }

    private async Task<(HttpStatusCode Status, string Body, TimeSpan? RetryAfter)> TellAsync(string receipt, string key)
    {
        using var answer = await SendAsync("api/outcomes", $$"""{"outcomes":[{"receipt":"{{receipt}}","label":"purchase"}]}""", key);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.RetryAfter?.Delta);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string body, string key)
    {
        using var client = new HttpClient { BaseAddress = app.Client.BaseAddress };
        client.DefaultRequestHeaders.Add("x-functions-key", key);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.PostAsync(new Uri(path, UriKind.Relative), content);
    }
}
