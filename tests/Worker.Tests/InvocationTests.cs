using System.Net;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using TestCommon;
using Worker.Tests.Hosting;
using Worker.Tests.Protocol;

namespace Worker.Tests;

/// <summary>Functions called through the worker: over HTTP, by a queue's message, and called off.</summary>
[Collection(PublishedAppGroup.Name)]
public sealed class InvocationTests(PublishedApp app)
{
    [Fact]
    public async Task Score_OverHttp_AnswersAndEndsWell()
    {
        using var request = ScoreRequest.Of(ScoreRequest.Body);

        var (invocation, answering) = await Invocation.OfHttpAsync(app.Worker, "Score", request, ("model", "intent"));

        using var answer = await answering;
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal((HttpStatusCode.OK, "intent", "1"), (answer.StatusCode, (string?)body["model"], (string?)body["version"]));
        Assert.Equal("purchase", (string?)body["predictions"]![0]!["label"]);
        Assert.Equal(StatusResult.Types.Status.Success, (await invocation.EndAsync()).Status);
    }

    [Fact]
    public async Task Score_OfNoModel_AnswersTheProblemAndEndsWell()
    {
        using var request = ScoreRequest.Of(ScoreRequest.Body, "nothing");

        var (invocation, answering) = await Invocation.OfHttpAsync(app.Worker, "Score", request, ("model", "nothing"));

        using var answer = await answering;
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("model_not_found", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]);
        Assert.Equal(StatusResult.Types.Status.Success, (await invocation.EndAsync()).Status);
    }

    [Fact]
    public async Task Batch_OfAQueuesMessage_WritesTheJobsOutput()
    {
        var id = $"job-{Guid.NewGuid():N}";

        var invocation = await Invocation.OfQueueAsync(app.Worker, "Batch", $$"""{"id":"{{id}}","model":"intent","instances":[{{ScoreRequest.Session}},{}]}""");

        Assert.Equal(StatusResult.Types.Status.Success, (await invocation.EndAsync()).Status);
        var output = await new BlobClient(app.Storage, "scores", $"{id}.jsonl").DownloadContentAsync();
        var lines = output.Value.Content.ToString().Split('\n');
        Assert.Equal("purchase", (string?)JsonNode.Parse(lines[0])!["label"]);
        Assert.Equal("missing_feature", (string?)JsonNode.Parse(lines[1])!["error"]!["code"]);
    }

    [Fact]
    public async Task Batch_OfAMessageThatIsNone_EndsInFailureWithItsReason()
    {
        var invocation = await Invocation.OfQueueAsync(app.Worker, "Batch", "nothing");

        var end = await invocation.EndAsync();

        Assert.Equal(StatusResult.Types.Status.Failure, end.Status);
        Assert.StartsWith("The message is refused: expected a JSON object", end.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_CalledOffWhileItReads_EndsWithoutTheRestOfTheBody()
    {
        using var body = new HeldContent(ScoreRequest.Body);
        using var request = ScoreRequest.Of(body);
        var (invocation, answering) = await Invocation.OfHttpAsync(app.Worker, "Score", request, ("model", "intent"));
        await body.Awaited;

        await invocation.CancelAsync();

        // The body never came: without the cancellation nothing would end it. The function sees a caller that left, which is an answer and no failure.
        Assert.Equal(StatusResult.Types.Status.Success, (await invocation.EndAsync()).Status);
        body.Release();
        await answering.ContinueWith(one => one.Exception, TaskScheduler.Default);
    }
}
