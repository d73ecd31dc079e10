using Azure.Storage.Queues;
using Scoring.Batch;
using Scoring.Batch.Jobs;
using Scoring.Serving;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>Jobs whose model's run never ends by itself: cancelling or a timeout ends it, and the slot comes back.</summary>
[Collection(SharedAzurite.Name)]
public sealed class EndlessJobTests(Azurite azurite) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync()
    {
        host = await BatchHost.StartAsync(azurite, null, ("Scoring:MaxConcurrentRuns", "1"), ("Scoring:Batch:ChunkRows", "1"));
        LoopModel.Graph().Save(Path.Combine(host.ModelRepository, "loop", "1"));
        foreach (var name in (string[])[BatchNames.Requests, BatchNames.FirstSteps, BatchNames.Steps])
        {
            var queue = new QueueClient(azurite.ConnectionString, name);
            await queue.CreateIfNotExistsAsync();
            await queue.ClearMessagesAsync();
        }
    }

    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Cancel_RunWithoutEnd_EndsIt(int rows)
    {
        var run = DrainAsync(rows, "");
        await RunsAsync();

        await host.Service.CancelAsync(id, default);

        await run.WaitAsync(Patience);
        Assert.Equal(JobState.Cancelled, (await host.Service.ShowAsync(id, default)).State);
        Assert.Equal(["job.json", "status.json"], await host.ListJobAsync(id));
        Assert.True(IsSlotFree());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Timeout_RunWithoutEnd_EndsItAndFailsTheJob(int rows)
    {
        await DrainAsync(rows, "\"timeout\":3,").WaitAsync(Patience);

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal("deadline_exceeded", job.Error!.Code);
        Assert.True(IsSlotFree());
    }

    private async Task DrainAsync(int rows, string options)
    {
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', Enumerable.Repeat($$"""{"n":{{LoopModel.ForEver}},"a":[0]}""", rows)));
        await new QueueClient(azurite.ConnectionString, BatchNames.Requests).SendMessageAsync($$"""{"id":"{{id}}","model":"loop",{{options}}"input":{"blob":"inputs/{{id}}.jsonl"} }""");
        await new QueuePump(azurite).DrainAsync(() => Task.FromResult(host.Functions));
    }

    private async Task RunsAsync()
    {
        while (IsSlotFree())
        {
            await Task.Delay(20);
        }
    }

    private bool IsSlotFree()
    {
        var gate = host.Part<RunGate>();
        var isFree = gate.TryEnter(new ModelLine(gate, "nobody"), out var slot);
        if (isFree)
        {
            slot.Dispose();
        }

        return isFree;
    }
}
