using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Queues;
using LocalHost.Functions;
using LocalHost.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Functions.Tests.LocalHost.Queues;

public sealed class MessageProcessorTests(QueueFixture storage) : IClassFixture<QueueFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => storage.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Lease_OfALongInvocation_IsRenewedBeyondItsLength()
    {
        var requests = new Requests();
        var renewedTwice = requests.UpdatesAsync(2);
        var (processor, queue) = Processor(requests, new((_, _) => renewedTwice), lease: TimeSpan.FromSeconds(1));
        await storage.SendAsync("long");
        var message = (await queue.ReceiveMessageAsync(TimeSpan.FromSeconds(1))).Value;

        await processor.ProcessAsync(message, CancellationToken.None);

        // Two renewals of half a lease each: without them, the receipt would no longer delete the message.
        Assert.Equal(["1", "1"], requests.Timeouts.Take(2));
        Assert.Equal(0, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task Message_ThatFails_IsHiddenForTheVisibilityTimeout()
    {
        var requests = new Requests();
        var (processor, queue) = Processor(requests, new((_, _) => throw new InvalidOperationException("fails")), visibilityTimeout: TimeSpan.FromHours(1));
        await storage.SendAsync("fails");
        var message = (await queue.ReceiveMessageAsync(TimeSpan.FromMinutes(1))).Value;

        await processor.ProcessAsync(message, CancellationToken.None);

        Assert.Equal(["3600"], requests.Timeouts);
        Assert.Equal(1, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task Message_ThatAnotherHostTook_IsLeftToIt()
    {
        var script = new Work.Script((_, _) => Task.CompletedTask);
        var (processor, queue) = Processor(new(), script);
        await storage.SendAsync("taken");
        var stale = (await queue.ReceiveMessageAsync(TimeSpan.FromSeconds(1))).Value;
        await storage.TakeAsync(TimeSpan.FromMinutes(1));

        await processor.ProcessAsync(stale, CancellationToken.None);

        Assert.Equal(1, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task Message_ThatFailsInAPoisonQueue_StaysHiddenAndIsNotCalledBeyondItsTries(int dequeues, int calls)
    {
        var requests = new Requests();
        var script = new Work.Script((_, _) => throw new InvalidOperationException("fails"));
        var (processor, queue) = Processor(requests, script, maxDequeueCount: 1, hasPoison: false);
        await storage.SendAsync("fails");
        var message = await storage.TakeAsync(TimeSpan.FromSeconds(1));
        for (var dequeue = 1; dequeue < dequeues; dequeue++)
        {
            message = await storage.TakeAsync(TimeSpan.FromMinutes(1));
        }

        await processor.ProcessAsync(message, CancellationToken.None);

        Assert.Equal(calls, script.Count);
        Assert.Empty(requests.Timeouts);
        Assert.Equal(1, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    private (MessageProcessor Processor, QueueClient Queue) Processor(
        Requests requests, Work.Script script, TimeSpan? lease = null, TimeSpan? visibilityTimeout = null, int maxDequeueCount = 5, bool hasPoison = true)
    {
        var options = new QueueClientOptions();
        options.AddPolicy(requests, HttpPipelinePosition.PerCall);
        var queue = new QueueClient(storage.ConnectionString, Work.Queue, options);
        var services = new ServiceCollection().AddSingleton(script).BuildServiceProvider();
        var function = new QueueFunction(AppFunctions.All.Of([typeof(Work)]).Queue.Single(), services, NullLogger.Instance);
        var settings = new QueueSettings(16, 8, maxDequeueCount, visibilityTimeout ?? TimeSpan.Zero, TimeSpan.FromSeconds(1), IsBase64: false, lease ?? TimeSpan.FromMinutes(10));
        return (new(queue, hasPoison ? storage.Poison : null, settings, function, TimeProvider.System, NullLogger.Instance), queue);
    }

    /// <summary>Notes the visibility timeout of each update of a message, in seconds.</summary>
    private sealed class Requests : HttpPipelineSynchronousPolicy
    {
        private readonly List<string> timeouts = [];
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int awaited = int.MaxValue;

        public IReadOnlyList<string> Timeouts => timeouts;

        public Task UpdatesAsync(int count)
        {
            awaited = count;
            return reached.Task;
        }

        public override void OnReceivedResponse(HttpMessage message)
        {
            if (message.Request.Method != RequestMethod.Put)
            {
                return;
            }

            var query = message.Request.Uri.Query;
            timeouts.Add(query.Split("visibilitytimeout=")[1].Split('&')[0]);
            if (timeouts.Count == awaited)
            {
                reached.SetResult();
            }
        }
    }
}
