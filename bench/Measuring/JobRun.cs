using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Scoring.Batch;
using Scoring.Batch.Jobs;
using Scoring.Repository;

namespace Scoring.Bench.Measuring;

/// <summary>The parts that run jobs, in this process, and the loop of a host that hands them their messages.</summary>
internal sealed class JobRun : IAsyncDisposable
{
    private const int MessagesAtOnce = 8;

    private readonly ServiceProvider services;
    private readonly QueueServiceClient queues;

    public JobRun(string storage, string repository, string cache)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Storage", storage), new("Scoring:Repository", repository), new("Scoring:CacheDirectory", cache), new("Scoring:Probe", "Never"),
        ]).Build();
        services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging()
            .AddSingleton(new StorageConnection(configuration))
            .AddScoring(configuration).AddScoringJobs(configuration).BuildServiceProvider();
        queues = new QueueServiceClient(storage, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });
    }

    /// <summary>Runs a job to its end.</summary>
    public async Task RunAsync(string id, string message, CancellationToken cancellationToken)
    {
        var (runner, jobs) = (services.GetRequiredService<StepRunner>(), services.GetRequiredService<JobService>());
        await services.GetRequiredService<JobStarter>().StartAsync(message, cancellationToken);
        QueueClient[] queuesOfSteps = [queues.GetQueueClient(BatchNames.FirstSteps), queues.GetQueueClient(BatchNames.Steps)];
        var running = new List<Task>();
        while (true)
        {
            foreach (var steps in queuesOfSteps)
            {
                var received = running.Count < MessagesAtOnce && (await steps.ExistsAsync(cancellationToken)).Value
                    ? (await steps.ReceiveMessagesAsync(MessagesAtOnce - running.Count, TimeSpan.FromMinutes(10), cancellationToken)).Value : [];
                running.AddRange(received.Select(step => DoAsync(runner, steps, step, cancellationToken)));
            }

            if (running.Count == 0)
            {
                var job = await jobs.ShowAsync(id, cancellationToken);
                if (job.State == JobState.Succeeded)
                {
                    return;
                }

                throw new InvalidOperationException($"The job is {job.State}: {job.Error?.Detail}");
            }

            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            await ended;
        }
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private static async Task DoAsync(StepRunner runner, QueueClient queue, QueueMessage message, CancellationToken cancellationToken)
    {
        await Task.Yield();
        await runner.RunAsync(message.Body.ToString(), cancellationToken);
        await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
    }
}
