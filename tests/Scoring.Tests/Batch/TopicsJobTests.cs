using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Samples.Topics;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>Texts through a queue job: the topics that the trainer measured.</summary>
[Collection(SharedAzurite.Name)]
public sealed class TopicsJobTests(Azurite azurite) : IAsyncLifetime
{
    private const string Data = "data/debian_topics.jsonl.gz";

    private readonly string id = $"topics-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync()
    {
        host = await BatchHost.StartAsync(azurite);
        var package = Directory.CreateDirectory(Path.Combine(host.ModelRepository, "topics", "1")).FullName;
        foreach (var file in Directory.GetFiles(Checkout.PathTo("samples", "topics", "package")))
        {
            File.Copy(file, Path.Combine(package, Path.GetFileName(file)));
        }
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [SharedDataFact(Data)]
    public async Task Drain_HeldOutTexts_HasTheAccuracyOfTheTrainer()
    {
        var test = TopicTraining.SplitOf(TopicTexts.Read(Checkout.SharedPathTo(Data))).Test;
        var stated = new TopicSample(Checkout.PathTo("samples", "topics")).ReadMetrics().Model.Accuracy;
        var config = JsonNode.Parse(File.ReadAllText(Checkout.PathTo("samples", "topics", "package", "model.json")))!;
        var labels = config["labels"]!.AsArray().Select(label => (string?)label).ToArray();

        var lines = await ScoreAsync(test.Select(text => Encoding.UTF8.GetString(text.Text)));

        Assert.Equal(test.Count, lines.Length);
        var right = test.Where((text, index) => labels[text.Topic] == (string?)lines[index]["label"]).Count();

        // Among 3,071 texts float32 arithmetic may decide one tie the other way.
        Assert.True(test.Count >= 3000);
        Assert.Equal(stated, (double)right / test.Count, 1.0 / test.Count);
    }

    [Fact]
    public async Task Drain_TextsTooLongOrEmpty_AreAnsweredAndSaidToBeCut()
    {
        var lines = await ScoreAsync([string.Concat(Enumerable.Repeat("mail server ", 600)), "", "mail server"]);

        Assert.Equal([true, false, false], lines.Select(line => line["truncated"] is not null));
        Assert.Equal("mail", (string?)lines[0]["label"]);
        Assert.All(lines, line => Assert.Null(line["error"]));
    }

    private async Task<JsonNode[]> ScoreAsync(IEnumerable<string> texts)
    {
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', texts.Select(text => JsonSerializer.Serialize(new { text }))));
        var pump = new QueuePump(azurite);
        await pump.SendAsync($$$"""{"id":"{{{id}}}","model":"topics","input":{"blob":"inputs/{{{id}}}.jsonl"}}""");
        await pump.DrainAsync(() => Task.FromResult(host.Functions));
        Assert.Empty(pump.Poison);
        return [.. (await host.ReadOutputAsync($"{id}.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}
