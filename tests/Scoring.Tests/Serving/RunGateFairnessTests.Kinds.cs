using Scoring.Inference;
using Scoring.Serving;

namespace Scoring.Tests.Serving;

/// <content>Chunks of jobs and a shadow's runs beside requests.</content>
public sealed partial class RunGateFairnessTests
{
    [Fact]
    public async Task EnterChunkAsync_LongChunkBesideALongRun_LeavesOneSlot()
    {
        var gate = new RunGate(2, 10, time);
        var (slow, fast) = (Line(gate, "slow"), Line(gate, "fast"));
        Hold(await EnterChunkAsync(gate, "slow"), Second);
        Measure(gate, slow, Second);
        Measure(gate, fast, Short);
        Assert.True(gate.TryEnter(slow, out var running));

        var chunk = EnterChunkAsync(gate, "slow");

        Assert.False(chunk.IsCompleted);
        Assert.True(gate.TryEnter(fast, out var other));
        other.Dispose();
        running.Dispose();
        var held = await chunk.WaitAsync(Second);
        Assert.False(gate.TryEnter(slow, out _));
        Assert.True(gate.TryEnter(fast, out _));
        held.Dispose();
    }

    [Fact]
    public async Task EnterChunkAsync_ShortChunkBehindALongOne_IsNotHeldBack()
    {
        var gate = new RunGate(2, 10, time);
        var (slow, fast) = (Line(gate, "slow"), Line(gate, "fast"));
        Hold(await EnterChunkAsync(gate, "slow"), Second);
        Measure(gate, slow, Second);
        Measure(gate, fast, Short);
        Assert.True(gate.TryEnter(slow, out _));
        var held = EnterChunkAsync(gate, "slow");

        Assert.True(EnterChunkAsync(gate, "fast").IsCompletedSuccessfully);
        Assert.False(held.IsCompleted);
    }

    [Fact]
    public void TryEnter_LongRunBesideALongShadow_LeavesOneSlot()
    {
        var gate = new RunGate(2, 10, time);
        var (slow, fast) = (Line(gate, "slow"), Line(gate, "fast"));
        Assert.True(gate.TryEnterIdle("candidate", out var first));
        Hold(first, Second);
        Measure(gate, slow, Second);
        Measure(gate, fast, Short);

        Assert.True(gate.TryEnterIdle("candidate", out _));

        Assert.False(gate.TryEnter(slow, out _));
        Assert.True(gate.TryEnter(fast, out _));
    }

    [Fact]
    public async Task NoteOverdue_AChunkAndARequestThatNobodyKnewToBeLong_AModelThatWaitsIsServedBesideThem()
    {
        var gate = new RunGate(2, 10, time);
        var fast = Line(gate, "fast");
        Assert.True(EnterChunkAsync(gate, "job").IsCompletedSuccessfully);
        RunLimit[] runs = [Begin(gate.LineOf("job", RunKind.Chunk)), Take(gate, Line(gate, "endless")).Limit];
        var waiting = Enter(gate, fast);
        time.Advance(Long);

        Note(gate, runs);

        (await waiting.WaitAsync(Second)).Dispose();
    }

    [Fact]
    public void Exit_OverdueRunOver_TheNextOneNeedNotWaitForTheNextLook()
    {
        var gate = new RunGate(2, 10, time);
        var (slow, fast) = (Line(gate, "slow", new() { MaxQueued = 0 }), Line(gate, "fast"));
        Measure(gate, slow, Second);
        Measure(gate, fast, Short);
        var (slot, limit) = Take(gate, slow);
        time.Advance(Second);
        Note(gate, [limit]);

        limit.Dispose();
        slot.Dispose();

        Assert.True(gate.TryEnter(slow, out _));
        Assert.False(gate.TryEnter(slow, out _));
    }

    private void Hold(RunSlot slot, TimeSpan run)
    {
        time.Advance(run);
        slot.Dispose();
    }

    private static Task<RunSlot> EnterChunkAsync(RunGate gate, string model) => gate.EnterChunkAsync(model, CancellationToken.None).AsTask();
}
