using Scoring.Serving;
using Scoring.Serving.Probing;

namespace Scoring.Tests.Serving.Probing;

/// <summary>Whose probe is next.</summary>
public sealed class ProbeQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task EnterAsync_OneHangs_AnotherGoesOnBesideIt()
    {
        var queue = new ProbeQueue(new SetMemory { Free = 1000 });
        using var hanging = await queue.EnterAsync(400, new LoadUrgency(), CancellationToken.None);

        using var innocent = await queue.EnterAsync(400, new LoadUrgency(), CancellationToken.None).WaitAsync(Patience);

        Assert.False(queue.EnterAsync(100, new LoadUrgency(), CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task EnterAsync_NoMemoryForTwo_OneAfterTheOther()
    {
        var queue = new ProbeQueue(new SetMemory { Free = 700 });
        var first = await queue.EnterAsync(400, new LoadUrgency(), CancellationToken.None);
        var second = queue.EnterAsync(400, new LoadUrgency(), CancellationToken.None);
        Assert.False(second.IsCompleted);

        first.Dispose();

        (await second.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task Dispose_RequestWaitsBehindPreloads_GoesFirst()
    {
        var queue = new ProbeQueue(new SetMemory { Free = 0 });
        var running = await queue.EnterAsync(1, new LoadUrgency(), CancellationToken.None);
        var preload = queue.EnterAsync(1, new LoadUrgency(), CancellationToken.None);
        var joined = new LoadUrgency();
        var request = queue.EnterAsync(1, joined, CancellationToken.None);
        joined.Raise();

        running.Dispose();

        (await request.WaitAsync(Patience)).Dispose();
        (await preload.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task EnterAsync_Cancelled_HoldsNobodyUp()
    {
        var queue = new ProbeQueue(new SetMemory { Free = 0 });
        var running = await queue.EnterAsync(1, new LoadUrgency(), CancellationToken.None);
        using var leaving = new CancellationTokenSource();
        var cancelled = queue.EnterAsync(1, new LoadUrgency(), leaving.Token);
        var next = queue.EnterAsync(1, new LoadUrgency(), CancellationToken.None);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        running.Dispose();

        (await next.WaitAsync(Patience)).Dispose();
    }

    private sealed class SetMemory : AvailableMemory
    {
        public required long Free { get; init; }

        public override long Bytes() => Free;
    }
}
