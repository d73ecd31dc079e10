using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Functions.Tests.LocalHost.Queues;

public sealed class ShutdownTests(QueueFixture storage) : IClassFixture<QueueFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public Task InitializeAsync() => storage.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Stop_WhileMessagesAreProcessed_LetsThemFinishAndTakesNoMore()
    {
        var release = new TaskCompletionSource();
        var script = new Work.Script((_, cancellationToken) => release.Task.WaitAsync(cancellationToken));
        await storage.SendAsync("one", "two", "three");
        await using var app = await storage.App(script, "\"batchSize\":2,\"newBatchThreshold\":0").StartAsync();
        Assert.Equal(["one", "two"], new[] { await script.NextAsync(), await script.NextAsync() }.Order());

        var stop = app.StopAsync();
        Assert.False(stop.IsCompleted);
        release.SetResult();
        await stop.WaitAsync(Patience);

        Assert.Equal("three", (await storage.TakeAsync(TimeSpan.FromMinutes(1))).Body.ToString());
        Assert.Equal(1, (await storage.Queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
        Assert.Equal(2, script.Count);
    }

    [Fact]
    public async Task Stop_OfAnInvocationThatOutlastsTheGrace_CancelsItAndGivesTheMessageBack()
    {
        var script = new Work.Script((_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken));
        await storage.SendAsync("long");
        await using var app = await storage.App(script, grace: "00:00:00.1").StartAsync();
        await script.NextAsync();

        await app.StopAsync().WaitAsync(Patience);

        // Not in ten minutes: given back, not left to its lease.
        Assert.Equal(2, (await storage.TakeAsync(TimeSpan.FromMinutes(1))).DequeueCount);
    }

    [Fact]
    public async Task Stop_WhileARequestIsServed_LetsItFinish()
    {
        var slow = new Slow.Signal();
        await using var app = await new TestApp(typeof(Slow)) { Configure = services => services.AddSingleton(slow) }.StartAsync();
        var request = app.Client.GetStringAsync("slow");
        await slow.Entered.Task.WaitAsync(Patience);

        var stop = app.StopAsync();
        Assert.False(stop.IsCompleted);
        slow.Release.SetResult();

        Assert.Equal("done", await request);
        await stop.WaitAsync(Patience);
    }

    [Fact]
    public async Task Stop_OfTheAppsOwnServices_ComesAfterTheLastInvocation()
    {
        var release = new TaskCompletionSource();
        var order = new ConcurrentQueue<string>();
        var slow = new Slow.Signal { Finished = () => order.Enqueue("request") };
        var script = new Work.Script(async (_, _) =>
        {
            await release.Task;
            order.Enqueue("message");
        });
        await storage.SendAsync("one");
        await using var app = new TestApp(typeof(Slow), typeof(Work))
        {
            HostJson = """{"extensions":{"http":{"routePrefix":""},"queues":{"messageEncoding":"none"}}}""",
            Configure = services => services.AddSingleton(slow).AddSingleton(script).AddHostedService(_ => new Last(order)),
        };
        app.Settings["Storage"] = storage.ConnectionString;
        await app.StartAsync();
        await script.NextAsync();
        var request = app.Client.GetStringAsync("slow");
        await slow.Entered.Task.WaitAsync(Patience);

        var stop = app.StopAsync();
        release.SetResult();
        slow.Release.SetResult();
        await request;
        await stop.WaitAsync(Patience);

        Assert.Equal(["message", "request"], order.Take(2).Order());
        Assert.Equal("service", order.Last());
    }

    [Fact]
    public async Task Stop_OfARequestThatOutlastsTheGrace_CancelsIt()
    {
        var slow = new Slow.Signal();
        await using var app = new TestApp(typeof(Slow)) { Configure = services => services.AddSingleton(slow) };
        app.Settings["LOCALHOST_SHUTDOWN_GRACE"] = "00:00:00.1";
        await app.StartAsync();
        var request = app.Client.GetStringAsync("slow");
        await slow.Entered.Task.WaitAsync(Patience);

        await app.StopAsync().WaitAsync(Patience);

        await Assert.ThrowsAsync<HttpRequestException>(() => request);
        await slow.Cancelled.Task.WaitAsync(Patience);
    }

    private sealed class Last(ConcurrentQueue<string> order) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            order.Enqueue("service");
            return Task.CompletedTask;
        }
    }

    public sealed class Slow(Slow.Signal signal)
    {
        [Function("slow")]
        public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request, CancellationToken cancellationToken)
        {
            signal.Entered.SetResult();
            try
            {
                await signal.Release.Task.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                signal.Cancelled.SetResult();
                throw;
            }

            signal.Finished();
            return Results.Text("done");
        }

        public sealed class Signal
        {
            public TaskCompletionSource Entered { get; } = new();

            public Action Finished { get; init; } = () => { };

            public TaskCompletionSource Release { get; } = new();

            public TaskCompletionSource Cancelled { get; } = new();
        }
    }
}
