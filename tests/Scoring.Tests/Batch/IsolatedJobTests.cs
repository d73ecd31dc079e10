using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using Scoring.Batch;
using Scoring.Batch.Jobs;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>A job over rows of which one kills the process of its model: that row alone has an error.</summary>
[Collection(SharedAzurite.Name)]
public sealed class IsolatedJobTests(Azurite azurite) : IAsyncLifetime
{
    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync()
    {
        host = await BatchHost.StartAsync(azurite);
        NativeHazard.Isolate(NativeHazard.WriteCrashOn(Path.Combine(host.ModelRepository, "deadly", "1"), deadly: 7));
        foreach (var name in (string[])[BatchNames.Requests, BatchNames.FirstSteps, BatchNames.Steps])
        {
            var queue = new QueueClient(azurite.ConnectionString, name);
            await queue.CreateIfNotExistsAsync();
            await queue.ClearMessagesAsync();
        }
    }

    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    [Fact]
    public async Task Drain_RowThatKillsTheProcess_HasTheErrorInItsPlaceAndTheOthersTheirs()
    {
        await host.UploadAsync($"{id}.jsonl", """
            {"x":5}
            {"x":7}
            {"x":6}
            """);
        await new QueueClient(azurite.ConnectionString, BatchNames.Requests).SendMessageAsync($$"""{"id":"{{id}}","model":"deadly","input":{"blob":"inputs/{{id}}.jsonl"} }""");

        await new QueuePump(azurite).DrainAsync(() => Task.FromResult(host.Functions));

        var job = await host.Service.ShowAsync(id, default);
        Assert.True(job.State == JobState.Succeeded, $"{job.State}: {job.Error?.Detail}\n{string.Join((char)10, host.Log)}");
        var lines = (await host.ReadOutputAsync($"{id}.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal((5.0, 6.0), ((double)lines[0]["value"]!, (double)lines[2]["value"]!));
        Assert.Equal("inference_failed", (string?)lines[1]["error"]!["code"]);
        Assert.Contains("died of SIGFPE", (string?)lines[1]["error"]!["detail"], StringComparison.Ordinal);
    }
}
