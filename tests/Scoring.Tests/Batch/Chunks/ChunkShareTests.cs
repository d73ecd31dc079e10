using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Scoring.Batch.Chunks;
using Scoring.Serving;

namespace Scoring.Tests.Batch.Chunks;

public sealed class ChunkShareTests
{
    private readonly RunGate gate = new(2, 10);
    private readonly FakeTimeProvider time = new();
    private readonly ChunkShare share;

    public ChunkShareTests() => share = new ChunkShare(gate, Options.Create(new ScoringOptions { MaxConcurrentRuns = 2 }), time);

    [Fact]
    public void Enter_WithoutRequests_TakesAllRuns()
    {
        Assert.True(share.EnterAsync().IsCompleted);
        Assert.True(share.EnterAsync().IsCompleted);
        Assert.False(share.EnterAsync().IsCompleted);
    }

    [Fact]
    public async Task Enter_WhileRequestsCome_LeavesARunToThem()
    {
        using (await gate.EnterAsync(gate.LineOf("a"), default, default))
        {
        }

        var first = share.EnterAsync();
        var second = share.EnterAsync();
        Assert.True(first.IsCompleted);
        Assert.False(second.IsCompleted);

        // One leaves, one comes in; and all once no request has come for a while.
        share.Leave();
        await second;
        var third = share.EnterAsync();
        Assert.False(third.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        var fourth = share.EnterAsync();
        share.Leave();
        await Task.WhenAll(third, fourth);
    }

    [Fact]
    public async Task Enter_OneRunInAll_IsTheirsInTurn()
    {
        var narrow = new ChunkShare(gate, Options.Create(new ScoringOptions { MaxConcurrentRuns = 1 }), time);
        using (await gate.EnterAsync(gate.LineOf("a"), default, default))
        {
        }

        Assert.True(narrow.EnterAsync().IsCompleted);
    }
}
