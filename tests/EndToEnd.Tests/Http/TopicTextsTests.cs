using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using EndToEnd.Tests.Batch;
using Samples.Topics;
using TestCommon;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Http;

/// <summary>Texts through the running app, by HTTP and by a queue job: the topics that the trainer measured, and one cache of tokens for both.</summary>
public sealed class TopicTextsTests(TopicsApp topics, ITestOutputHelper output) : IClassFixture<TopicsApp>
{
    private const string Data = "data/debian_topics.jsonl.gz";

    private readonly string id = $"topics-{Guid.NewGuid():N}";

    [Fact]
    public async Task Score_ExamplesByHttpAndByQueue_GiveTheSameTopicsFromTextsTokenizedOnce()
    {
        var texts = File.ReadLines(Checkout.PathTo("samples", "topics", "examples.jsonl")).Select(line => (string)JsonNode.Parse(line)!["text"]!).Where(text => text.Length is > 40 and < 2000).ToArray();
        Assert.True(texts.Length > 20);

        var byHttp = await ByHttpAsync(texts);
        var between = await TokenHitsAsync();
        var byQueue = await ByQueueAsync(texts);

        Assert.Equal(byHttp, byQueue);
        Assert.True(await TokenHitsAsync() - between >= texts.Length);
    }

    [SharedDataFact(Data)]
    [Trait("Category", "Proof")]
    public async Task Score_HeldOutTextsByHttpAndByQueue_GiveTheTopicsThatTheTrainerMeasured()
    {
        var test = TopicTraining.SplitOf(TopicTexts.Read(Checkout.SharedPathTo(Data))).Test;
        var stated = new TopicSample(Checkout.PathTo("samples", "topics")).ReadMetrics().Model.Accuracy;
        var labels = JsonNode.Parse(File.ReadAllText(Checkout.PathTo("samples", "topics", "package", "model.json")))!["labels"]!.AsArray().Select(label => (string)label!).ToArray();
        var texts = test.Select(text => Encoding.UTF8.GetString(text.Text)).ToArray();

        var byHttp = await ByHttpAsync(texts);
        var byQueue = await ByQueueAsync(texts);

        var accuracy = (double)byHttp.Where((topic, index) => topic == labels[test[index].Topic]).Count() / test.Count;
        Assert.True(test.Count >= 3000);
        Assert.Equal(byHttp, byQueue);

        // float32 arithmetic may decide one tie the other way.
        Assert.Equal(stated, accuracy, 1.0 / test.Count);
        output.WriteLine($"{test.Count} held-out texts by HTTP and by a job: the same topics, {accuracy:P2} of them right; the trainer measured {stated:P2}");
    }

    private async Task<string[]> ByHttpAsync(string[] texts)
    {
        var found = new List<string>();
        foreach (var part in texts.Chunk(1000))
        {
            using var answer = await topics.App.PostAsync("api/score/topics", JsonSerializer.Serialize(new { instances = part, parameters = new { topK = 1 } }));
            answer.EnsureSuccessStatusCode();
            found.AddRange(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["predictions"]!.AsArray().Select(prediction => (string)prediction!["label"]!));
        }

        return [.. found];
    }

    private async Task<string[]> ByQueueAsync(string[] texts)
    {
        var inputs = new BlobContainerClient(topics.Storage.ConnectionString, "inputs");
        await inputs.CreateIfNotExistsAsync();
        await inputs.UploadBlobAsync($"{id}.jsonl", BinaryData.FromString(string.Join('\n', texts.Select(text => JsonSerializer.Serialize(new { text })))));
        var queue = new QueueClient(topics.Storage.ConnectionString, "score-requests");
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync($$"""{"id":"{{id}}","model":"topics","input":{"blob":"inputs/{{id}}.jsonl"} }""");
        JsonNode? job = null;
        await Poll.UntilAsync(async () => (string?)(job = await ShowAsync())?["state"] is "succeeded" or "failed" or "cancelled");
        Assert.Equal(("succeeded", texts.Length), ((string?)job!["state"], (int)job["rows"]!));
        var lines = (await new BlobClient(topics.Storage.ConnectionString, "scores", $"{id}.jsonl").DownloadContentAsync()).Value.Content.ToString();
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string)JsonNode.Parse(line)!["label"]!)];
    }

    private async Task<JsonNode?> ShowAsync()
    {
        using var answer = await topics.App.Client.GetAsync(new Uri($"api/jobs/{id}", UriKind.Relative));
        return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync()) : null;
    }

    private async Task<int> TokenHitsAsync()
    {
        using var answer = await topics.App.Client.GetAsync(new Uri("api/metrics", UriKind.Relative));
        var metrics = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return (int)metrics["caches"]!["tokens"]!["hits"]!;
    }
}
