using Azure.Storage.Queues;
using Scoring.Batch;
using Scoring.Batch.Jobs;
using Scoring.Telemetry;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>A try that fails by what another can mend, such as storage away.</summary>
[Collection(SharedAzurite.Name)]
public sealed class RetryingJobTests(Azurite azurite) : IAsyncLifetime
{
    private readonly string id = $"job-{Guid.NewGuid():N}";
    private readonly OutagePolicy inputs = new("inputs");
    private BatchHost host = null!;

    private string Message => $$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/{{id}}.jsonl"} }""";

    public async Task InitializeAsync()
    {
        // Others' messages would be counted.
        var queues = new QueueServiceClient(azurite.ConnectionString);
        foreach (var name in (string[])[BatchNames.Requests, BatchNames.FirstSteps, BatchNames.Steps])
        {
            await queues.GetQueueClient(name).CreateIfNotExistsAsync();
            await queues.GetQueueClient(name).ClearMessagesAsync();
        }

        host = await BatchHost.StartAsync(azurite, inputs);
        await host.UploadAsync($"{id}.jsonl", SampleSessions.Lines[0]);
        inputs.IsAway = true;
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Start_StorageAwayThenBack_GoesFromRetryingToSucceeded()
    {
        for (var tries = 1; tries <= 2; tries++)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => host.Functions.Starter.StartAsync(Message, default));
            var retrying = await host.Service.ShowAsync(id, default);
            Assert.Equal((JobState.Retrying, tries), (retrying.State, retrying.Tries));
            Assert.NotEmpty(retrying.Error!.Detail);
            Assert.Null(retrying.EndedAt);
        }

        inputs.IsAway = false;
        await host.Functions.Starter.StartAsync(Message, default);

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Rows));
        Assert.Null(job.Error);
        Assert.Equal(0, Failed());
    }

    [Fact]
    public async Task Drain_StorageAwayForEveryTry_FailsOnceForGood()
    {
        var pump = new QueuePump(azurite);
        await pump.SendAsync(Message);
        await pump.DrainAsync(() => Task.FromResult(host.Functions));

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal((JobState.Failed, 5, 5), (job.State, job.Tries, pump.Delivered));
        Assert.Equal(1, Failed());
        Assert.Single(host.Log, text => text.Contains($"Job {id} failed", StringComparison.Ordinal));
        Assert.Empty(pump.Poison);
    }

    private double Failed() => host.Part<ScoringMetrics>().AllSeries.OfType<CounterSeries>().Where(series => series.Name == MetricNames.BatchJobs).Sum(series => series.Total)
        - (host.Log.Any(text => text.Contains($"Job {id} succeeded", StringComparison.Ordinal)) ? 1 : 0);
}
