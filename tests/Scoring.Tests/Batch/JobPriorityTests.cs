using Azure.Storage.Queues;
using Scoring.Batch;
using Scoring.Batch.Jobs;
using Scoring.Batch.Storage;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>Small jobs and those of high priority do not wait behind the chunks of large ones, and a timeout ends a job.</summary>
[Collection(SharedAzurite.Name)]
public sealed class JobPriorityTests(Azurite azurite) : IAsyncLifetime
{
    private const int ChunkRows = 50;

    private readonly string id = $"job-{Guid.NewGuid():N}";
    private readonly QueueServiceClient queues = new(azurite.ConnectionString);
    private BatchHost host = null!;

    public async Task InitializeAsync()
    {
        host = await BatchHost.StartAsync(azurite, null, ("Scoring:Batch:ChunkRows", $"{ChunkRows}"));
        await host.UploadAsync($"{id}-large.jsonl", string.Join('\n', SampleSessions.Take(40 * ChunkRows)));
        await host.UploadAsync($"{id}-small.jsonl", string.Join('\n', SampleSessions.Take(3 * ChunkRows)));
        foreach (var name in (string[])[BatchNames.Requests, BatchNames.FirstSteps, BatchNames.Steps])
        {
            await queues.GetQueueClient(name).CreateIfNotExistsAsync();
            await queues.GetQueueClient(name).ClearMessagesAsync();
        }
    }

    public async Task DisposeAsync()
    {
        await new QueuePump(azurite).DrainAsync(() => Task.FromResult(host.Functions));
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Steps_OfASmallJobBehindALargeOnes_AreDoneBeforeThem()
    {
        await StartAsync("large");
        await TakeAsync(BatchNames.FirstSteps, BatchNames.Steps);
        Assert.InRange((await queues.GetQueueClient(BatchNames.Steps).GetPropertiesAsync()).Value.ApproximateMessagesCount, 30, 40);

        // A process that takes from both queues by turns.
        await StartAsync("small");
        var (large, small) = (0, 0);
        while ((await host.Service.ShowAsync($"{id}-small", default)).State != JobState.Succeeded)
        {
            Assert.True(large < 30, "The small job waited for the large one.");
            small += await TakeAsync(BatchNames.FirstSteps) ? 1 : 0;
            large += await TakeAsync(BatchNames.Steps) ? 1 : 0;
        }

        // One scan and three chunks; the large job got as many turns.
        Assert.Equal((4, 4), (small, large));
    }

    [Theory]
    [InlineData("small", "low", false)]
    [InlineData("small", "normal", true)]
    [InlineData("large", "normal", false)]
    [InlineData("large", "high", true)]
    public async Task Chunks_ByPriorityAndSize_WaitInTheirQueue(string size, string priority, bool isFirst)
    {
        await StartAsync(size, $"\"priority\":\"{priority}\",");
        await TakeAsync(BatchNames.FirstSteps, BatchNames.Steps);

        foreach (var name in (string[])[BatchNames.FirstSteps, BatchNames.Steps])
        {
            var count = (await queues.GetQueueClient(name).GetPropertiesAsync()).Value.ApproximateMessagesCount;
            Assert.True(count > 0 == (isFirst == (name == BatchNames.FirstSteps)), $"{name}: {count}");
        }
    }

    [Fact]
    public async Task Timeout_ThatIsOver_FailsTheJobAtItsNextStepAndARetryBeginsAnew()
    {
        await StartAsync("large", "\"timeout\":3600,");
        var records = host.Part<JobStorage>().Records;
        var status = (await records.FindStatusAsync($"{id}-large", default))!.Value;
        Assert.Equal(status.StartedAt!.Value.AddHours(1), status.Deadline!.Value, TimeSpan.FromMinutes(1));
        await records.ChangeStatusAsync($"{id}-large", current => current with { Deadline = current.StartedAt }, default);

        await TakeAsync(BatchNames.FirstSteps);

        var job = await host.Service.ShowAsync($"{id}-large", default);
        Assert.Equal((JobState.Failed, "deadline_exceeded"), (job.State, job.Error!.Code));
        Assert.Contains("timeout of 3600 s", job.Error.Detail, StringComparison.Ordinal);

        await host.Service.RetryAsync($"{id}-large", default);
        await new QueuePump(azurite).DrainAsync(() => Task.FromResult(host.Functions));
        Assert.Equal(JobState.Succeeded, (await host.Service.ShowAsync($"{id}-large", default)).State);
    }

    private Task StartAsync(string size, string more = "") =>
        host.Functions.Starter.StartAsync($$"""{"id":"{{id}}-{{size}}","model":"intent",{{more}}"input":{"blob":"inputs/{{id}}-{{size}}.jsonl"} }""", default);

    /// <summary>Does the first message of the first queue that has one.</summary>
    private async Task<bool> TakeAsync(params string[] names)
    {
        foreach (var queue in names.Select(queues.GetQueueClient))
        {
            if ((await queue.ReceiveMessageAsync()).Value is { } message)
            {
                await host.Functions.CallAsync(queue.Name, message.Body.ToString());
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
                return true;
            }
        }

        return false;
    }
}
