using Scoring.Serving;
using Scoring.Serving.Probing;
using Scoring.Tests.Serving.Batching;

namespace Scoring.Tests.Serving.Probing;

/// <summary>Whose probe is next.</summary>
public sealed class ProbeQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SteppedTime clock = new();

    [Fact]
    public async Task EnterAsync_OneHangs_AnotherGoesOnBesideIt()
    {
        var queue = new ProbeQueue(new SetMemory { Free = 1000 }, clock);
        using var hanging = await queue.EnterAsync(400, new LoadUrgency(), isSecond: false, CancellationToken.None);

        using var innocent = await queue.EnterAsync(400, new LoadUrgency(), isSecond: false, CancellationToken.None).WaitAsync(Patience);

        Assert.False(queue.EnterAsync(100, new LoadUrgency(), isSecond: false, CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task EnterAsync_TwoHang_AnotherGoesOnBesideThemAfterSomeSeconds()
    {
        var queue = new ProbeQueue(new SetMemory { Free = 1000 }, clock);
        using var hanging = await queue.EnterAsync(100, new LoadUrgency(), isSecond: false, CancellationToken.None);
        using var another = await queue.EnterAsync(100, new LoadUrgency(), isSecond: false, CancellationToken.None);
        var innocent = queue.EnterAsync(100, new LoadUrgency(), isSecond: false, CancellationToken.None);
        clock.Step(TimeSpan.FromSeconds(4));
        Assert.False(innocent.IsCompleted);

        clock.Step(TimeSpan.FromSeconds(1));

        (await innocent.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task EnterAsync_LargeOneWaitsForMemory_SmallerOneGoesOnAndItFollowsOnceMemoryIsFree()
    {
        var memory = new SetMemory { Free = 500 };
        var queue = new ProbeQueue(memory, clock);
        using var running = await queue.EnterAsync(200, new LoadUrgency(), isSecond: false, CancellationToken.None);
        var large = queue.EnterAsync(400, new LoadUrgency(), isSecond: false, CancellationToken.None);

        (await queue.EnterAsync(100, new LoadUrgency(), isSecond: false, CancellationToken.None).WaitAsync(Patience)).Dispose();
        Assert.False(large.IsCompleted);

        memory.Free = 1000;
        clock.Step(TimeSpan.FromSeconds(1));
        (await large.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task Dispose_SecondTryAndFirstTriesWait_SecondTryGoesLast()
    {
        var queue = new ProbeQueue(new SetMemory { Free = 0 }, clock);
        var running = await queue.EnterAsync(1, new LoadUrgency(), isSecond: false, CancellationToken.None);
        var urgent = new LoadUrgency();
        urgent.Raise();
        var second = queue.EnterAsync(1, urgent, isSecond: true, CancellationToken.None);
        var first = queue.EnterAsync(1, new LoadUrgency(), isSecond: false, CancellationToken.None);

        running.Dispose();

        var turn = await first.WaitAsync(Patience);
        Assert.False(second.IsCompleted);
        turn.Dispose();
        (await second.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task EnterAsync_NoMemoryForTwo_OneAfterTheOther()
    {
        var queue = new ProbeQueue(new SetMemory { Free = 700 }, clock);
        var first = await queue.EnterAsync(400, new LoadUrgency(), isSecond: false, CancellationToken.None);
        var second = queue.EnterAsync(400, new LoadUrgency(), isSecond: false, CancellationToken.None);
        Assert.False(second.IsCompleted);

        first.Dispose();

        (await second.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task Dispose_RequestWaitsBehindPreloads_GoesFirst()
    {
        var queue = new ProbeQueue(new SetMemory { Free = 0 }, clock);
        var running = await queue.EnterAsync(1, new LoadUrgency(), isSecond: false, CancellationToken.None);
        var preload = queue.EnterAsync(1, new LoadUrgency(), isSecond: false, CancellationToken.None);
        var joined = new LoadUrgency();
        var request = queue.EnterAsync(1, joined, isSecond: false, CancellationToken.None);
        joined.Raise();

        running.Dispose();

        (await request.WaitAsync(Patience)).Dispose();
        (await preload.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task EnterAsync_Cancelled_HoldsNobodyUp()
    {
        var queue = new ProbeQueue(new SetMemory { Free = 0 }, clock);
        var running = await queue.EnterAsync(1, new LoadUrgency(), isSecond: false, CancellationToken.None);
        using var leaving = new CancellationTokenSource();
        var cancelled = queue.EnterAsync(1, new LoadUrgency(), isSecond: false, leaving.Token);
        var next = queue.EnterAsync(1, new LoadUrgency(), isSecond: false, CancellationToken.None);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        running.Dispose();

        (await next.WaitAsync(Patience)).Dispose();
    }

    private sealed class SetMemory : AvailableMemory
    {
        public required long Free { get; set; }

        public override long Bytes() => Free;
    }

    // Its timers are due at each step.
    private sealed class SteppedTime : TimeProvider
    {
        private readonly DueTimers timers = new();
        private TimeSpan now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => timers.CreateTimer(callback, state, dueTime, period);

        public void Step(TimeSpan by)
        {
            now += by;
            timers.Fire();
        }
    }
}
