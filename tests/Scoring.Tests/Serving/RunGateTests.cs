using Scoring.Serving;

namespace Scoring.Tests.Serving;

public sealed class RunGateTests
{
    [Fact]
    public void EnterAsync_Free_IsSynchronousAndAllocatesNothing()
    {
        var gate = new RunGate(1, 0);
        EnterAndLeave(gate);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            EnterAndLeave(gate);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void EnterAndLeave(RunGate gate)
        {
            var entered = gate.EnterAsync(gate.LineOf("a"), default, CancellationToken.None);
            Assert.True(entered.IsCompletedSuccessfully);
            entered.Result.Dispose();
        }
    }

    [Fact]
    public async Task EnterAsync_LineFull_OverloadedAtOnceWithRetryAfter()
    {
        var gate = new RunGate(1, 2);
        using var running = await gate.EnterAsync(gate.LineOf("a"), default, CancellationToken.None);
        _ = gate.EnterAsync(gate.LineOf("a"), default, CancellationToken.None).AsTask();
        _ = gate.EnterAsync(gate.LineOf("a"), default, CancellationToken.None).AsTask();

        var refused = gate.EnterAsync(gate.LineOf("a"), default, CancellationToken.None);

        Assert.True(refused.IsFaulted);
        var failure = await Assert.ThrowsAsync<ScoringException>(async () => await refused);
        Assert.Equal(ErrorCode.Overloaded, failure.Code);
        Assert.NotNull(failure.RetryAfter);
        Assert.Equal(2, gate.Waiting);
    }

    [Fact]
    public async Task EnterAsync_DeadlineWhileWaiting_LeavesTheLine()
    {
        var gate = new RunGate(1, 1);
        var running = await gate.EnterAsync(gate.LineOf("a"), default, CancellationToken.None);
        using var deadline = new CancellationTokenSource();
        var waiting = gate.EnterAsync(gate.LineOf("a"), default, deadline.Token).AsTask();

        await deadline.CancelAsync();

        Assert.Equal(ErrorCode.DeadlineExceeded, (await Assert.ThrowsAsync<ScoringException>(() => waiting)).Code);
        Assert.Equal(0, gate.Waiting);
        running.Dispose();
        Assert.True(gate.EnterAsync(gate.LineOf("a"), default, CancellationToken.None).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task EnterAsync_DeadlinePassedAlready_NotRunEvenWhenFree()
    {
        var gate = new RunGate(1, 1);
        var failure = await Assert.ThrowsAsync<ScoringException>(async () => await gate.EnterAsync(gate.LineOf("a"), default, new CancellationToken(canceled: true)));
        Assert.Equal(ErrorCode.DeadlineExceeded, failure.Code);
    }

    [Fact]
    public async Task Exit_RequestsAndChunksWait_TheyTakeTurns()
    {
        var gate = new RunGate(1, 10);
        var slot = await gate.EnterAsync(gate.LineOf("a"), default, CancellationToken.None);
        var order = new List<string>();
        var requests = Enumerable.Range(0, 3).Select(_ => gate.EnterAsync(gate.LineOf("a"), default, CancellationToken.None).AsTask()).ToList();
        var chunks = Enumerable.Range(0, 3).Select(_ => gate.EnterChunkAsync("job", CancellationToken.None).AsTask()).ToList();

        for (var served = 0; served < 6; served++)
        {
            slot.Dispose();
            var granted = Assert.Single(requests.Concat(chunks), t => t.IsCompletedSuccessfully);
            order.Add(requests.Remove(granted) ? "request" : "chunk");
            chunks.Remove(granted);
            slot = await granted;
        }

        Assert.Equal(["request", "chunk", "request", "chunk", "request", "chunk"], order);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(6)]
    public async Task EnterAsync_ManyCallersWithDeadlines_NeverMoreRunsThanAllowedAndNothingIsLost(int maxQueued)
    {
        const int MaxRuns = 3;
        var gate = new RunGate(MaxRuns, maxQueued);
        var (running, max, done, refused) = (0, 0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var turn = 0; turn < 500; turn++)
            {
                using var deadline = new CancellationTokenSource();
                if (random.Next(3) == 0)
                {
                    deadline.CancelAfter(TimeSpan.FromMicroseconds(random.Next(200)));
                }

                try
                {
                    using (await (random.Next(4) is > 0 and var model ? gate.EnterAsync(gate.LineOf($"{model}"), default, deadline.Token) : gate.EnterChunkAsync("job", deadline.Token)))
                    {
                        var now = Interlocked.Increment(ref running);
                        InterlockedMax(ref max, now);
                        Thread.SpinWait(random.Next(200));
                        Interlocked.Decrement(ref running);
                        Interlocked.Increment(ref done);
                    }
                }
                catch (ScoringException)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        })));

        Assert.InRange(max, 1, MaxRuns);
        Assert.Equal(64 * 500, done + refused);
        Assert.Equal(0, gate.Waiting);
        var slots = Enumerable.Range(0, MaxRuns).Select(_ => gate.EnterAsync(gate.LineOf("a"), default, CancellationToken.None).AsTask()).ToList();
        Assert.All(slots, s => Assert.True(s.IsCompletedSuccessfully));
        Assert.False(gate.EnterAsync(gate.LineOf("a"), default, CancellationToken.None).AsTask().IsCompleted);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
