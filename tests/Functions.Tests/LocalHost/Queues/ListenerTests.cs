using System.Collections.Concurrent;
using LocalHost.Queues;
using TestCommon;

namespace Functions.Tests.LocalHost.Queues;

public sealed class ListenerTests(QueueFixture storage) : IClassFixture<QueueFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public Task InitializeAsync() => storage.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("none", """{"id":"ä"}""", """{"id":"ä"}""")]
    [InlineData("none", "eyJpZCI6IsOkIn0=", "eyJpZCI6IsOkIn0=")]
    [InlineData("base64", "eyJpZCI6IsOkIn0=", """{"id":"ä"}""")]
    public async Task Message_IsDecodedHandedOverAndDeleted(string encoding, string sent, string received)
    {
        var script = new Work.Script((_, _) => Task.CompletedTask);
        await storage.SendAsync(sent);
        await using var app = await storage.App(script, $"\"messageEncoding\":\"{encoding}\"").StartAsync();

        Assert.Equal(received, await script.NextAsync());
        await storage.EmptyAsync();
        Assert.Equal(1, script.Count);
    }

    // As the emulator takes it and Azure's service does not.
    [Theory]
    [InlineData("a&#9;&#x1F600;&amp;ä\n", "a&#9;&#x1F600;&amp;ä\n")]
    [InlineData("a\u0001&#x0;&#xFFFE;", "a\uFFFD\uFFFD\uFFFD")]
    public void Mend_Text_ReplacesWhatXmlCannotCarry(string text, string expected) => Assert.Equal(expected, XmlCharacterPolicy.Mend(text));

    // The emulator takes such a message, and answers 500 whenever it would have to hand it over.
    [Fact]
    public async Task Message_ThatTheEmulatorCannotHandOver_IsLoggedAndItsNeighboursGoOn()
    {
        var script = new Work.Script((_, _) => Task.CompletedTask);
        await storage.SendAsync("one");
        await storage.SendSpoiltAsync();
        await storage.SendAsync("two", "three");
        await using var app = await storage.App(script, "\"batchSize\":8", lease: "00:00:02").StartAsync();

        var received = new List<string> { await script.NextAsync(), await script.NextAsync(), await script.NextAsync() };

        Assert.Equal(["one", "three", "two"], received.Order());
        Assert.Contains(app.Logs.All, line => line.Contains("characters that XML cannot carry", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Message_ThatIsNotInTheEncoding_GoesToThePoisonQueueAsItIs()
    {
        var script = new Work.Script((_, _) => Task.CompletedTask);
        await storage.SendAsync("{no base64}");
        await using var app = await storage.App(script, "\"messageEncoding\":\"base64\"").StartAsync();

        Assert.Equal("{no base64}", await storage.PoisonedAsync());
        Assert.Equal(0, script.Count);
    }

    [Fact]
    public async Task Message_ThatFailsOnce_IsTriedAgain()
    {
        var tries = 0;
        var script = new Work.Script((_, _) => ++tries == 1 ? throw new InvalidOperationException("once") : Task.CompletedTask);
        await storage.SendAsync("again");
        await using var app = await storage.App(script).StartAsync();

        Assert.Equal(["again", "again"], [await script.NextAsync(), await script.NextAsync()]);
        await storage.EmptyAsync();
        Assert.False((await storage.Poison.ExistsAsync()).Value);
    }

    [Fact]
    public async Task Message_ThatAlwaysFails_GoesToThePoisonQueueAfterItsTries()
    {
        var script = new Work.Script((_, _) => throw new InvalidOperationException("always"));
        await storage.SendAsync("hopeless");
        await using var app = await storage.App(script, "\"maxDequeueCount\":3").StartAsync();

        Assert.Equal("hopeless", await storage.PoisonedAsync());
        Assert.Equal(3, script.Count);
        Assert.Contains("Message has reached MaxDequeueCount of 3. Moving message to queue 'work-poison'.", app.Logs.All);
        Assert.Equal(3, app.Logs.All.Count(line => line.StartsWith("Function 'Work' failed on message ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Message_WhoseTriesWereUsedUpElsewhere_GoesToThePoisonQueueUncalled()
    {
        var script = new Work.Script((_, _) => Task.CompletedTask);
        await storage.SendAsync("used up");
        for (var dequeues = 0; dequeues < 3; dequeues++)
        {
            var taken = await storage.TakeAsync(TimeSpan.FromMinutes(1));
            await storage.Queue.UpdateMessageAsync(taken.MessageId, taken.PopReceipt, visibilityTimeout: TimeSpan.Zero);
        }

        await using var app = await storage.App(script, "\"maxDequeueCount\":3").StartAsync();

        Assert.Equal("used up", await storage.PoisonedAsync());
        Assert.Equal(0, script.Count);
        Assert.Contains("Message has reached MaxDequeueCount of 3. Moving message to queue 'work-poison'.", app.Logs.All);
    }

    [Fact]
    public async Task Message_OfAKilledHost_ComesBackWhenItsLeaseEnds()
    {
        var script = new Work.Script((_, _) => Task.CompletedTask);
        await storage.SendAsync("orphan");
        using (var killed = ChildHost.Start(storage.ConnectionString, lease: TimeSpan.FromSeconds(2)))
        {
            Assert.Equal("orphan", await killed.NextCallAsync());
            killed.Kill();
        }

        await using var app = await storage.App(script).StartAsync();

        Assert.Equal("orphan", await script.NextAsync());
        await storage.EmptyAsync();
    }

    [Fact]
    public async Task Messages_InPlenty_NeverRunMoreAtOnceThanBatchAndThreshold()
    {
        using var entered = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        var started = new ConcurrentQueue<int>();
        var (running, finished) = (0, 0);
        var script = new Work.Script(async (_, _) =>
        {
            Interlocked.Increment(ref running);
            started.Enqueue(Volatile.Read(ref finished));
            entered.Release();
            await release.WaitAsync(CancellationToken.None);
            Interlocked.Increment(ref finished);
            Interlocked.Decrement(ref running);
        });
        await storage.SendAsync([.. Enumerable.Range(0, 12).Select(index => $"{index}")]);
        await using var app = await storage.App(script, "\"batchSize\":4,\"newBatchThreshold\":2").StartAsync();

        // 4 run; with two of them done 2 do, and the next 4 are taken.
        await CallsAsync(4);
        release.Release(2);
        await CallsAsync(4);
        Assert.Equal(6, running);

        // The 4 left are not taken before at most 2 run again.
        release.Release(4);
        await CallsAsync(4);
        Assert.Equal(6, running);
        release.Release(6);
        await storage.EmptyAsync();

        Assert.Equal([0, 0, 0, 0, 2, 2, 2, 2, 6, 6, 6, 6], started);

        async Task CallsAsync(int count)
        {
            for (var call = 0; call < count; call++)
            {
                Assert.True(await entered.WaitAsync(Patience));
            }
        }
    }

    [Fact]
    public async Task Queue_ThatIsMissingOrDeleted_IsMade()
    {
        var script = new Work.Script((_, _) => Task.CompletedTask);
        await using var app = await storage.App(script).StartAsync();
        await storage.SendAsync("first");
        Assert.Equal("first", await script.NextAsync());

        await storage.Queue.DeleteAsync();
        await storage.SendAsync("second");

        Assert.Equal("second", await script.NextAsync());
    }

    [Fact]
    public async Task Storage_ThatIsDownAtStartAndLater_IsTriedUntilItIsThere()
    {
        await using var azurite = await Azurite.StartNewAsync();
        await azurite.StopAsync();
        var script = new Work.Script((_, _) => Task.CompletedTask);
        var app = storage.App(script);
        await using var started = app;
        app.Settings["Storage"] = azurite.ConnectionString;
        await app.StartAsync();
        await Logged("Queue 'work' cannot be read and is tried again until it can");

        await azurite.StartAsync();
        await Send("first");
        Assert.Equal("first", await script.NextAsync());
        await Logged("Queue 'work' is read again");

        await azurite.StopAsync();
        await azurite.StartAsync();
        await Send("second");
        Assert.Equal("second", await script.NextAsync());

        async Task Send(string message)
        {
            var queue = new Azure.Storage.Queues.QueueClient(azurite.ConnectionString, Work.Queue);
            await queue.CreateIfNotExistsAsync();
            await queue.SendMessageAsync(message);
        }

        Task Logged(string beginning) => app.Logs.WaitForAsync(line => line.StartsWith(beginning, StringComparison.Ordinal)).WaitAsync(Patience);
    }

    [Theory]
    [InlineData(null, "Function 'Work' listens to no queue: Connection 'Storage' is not set; expected a connection string in Storage, or Storage__queueServiceUri.")]
    [InlineData("no connection string", "Function 'Work' listens to no queue: Connection 'Storage' is no storage connection string: ")]
    public async Task Connection_ThatCannotBeUsed_LeavesTheHttpFunctionsServed(string? connection, string message)
    {
        await using var app = new TestApp(typeof(Work), typeof(Http.KeyTests.Levels));
        if (connection is not null)
        {
            app.Settings["Storage"] = connection;
        }

        await app.StartAsync();

        await app.Logs.WaitForAsync(line => line.StartsWith(message, StringComparison.Ordinal)).WaitAsync(Patience);
        Assert.Equal("open", await app.Client.GetStringAsync("open"));
    }
}
