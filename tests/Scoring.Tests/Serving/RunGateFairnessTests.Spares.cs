using Scoring.Configuration;
using Scoring.Inference;
using Scoring.Serving;

namespace Scoring.Tests.Serving;

/// <content>Slots beside runs that nobody knew to be long.</content>
public sealed partial class RunGateFairnessTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task NoteOverdue_LongRunsHoldEverySlot_AModelThatWaitsIsServedBesideThem()
    {
        var gate = new RunGate(2, 10, time);
        var (endless, fast) = (Line(gate, "endless"), Line(gate, "fast"));
        RunLimit[] runs = [Take(gate, endless).Limit, Take(gate, endless).Limit];
        var more = Enter(gate, endless);
        var waiting = new[] { Enter(gate, fast), Enter(gate, fast) };

        Note(gate, runs);
        Assert.DoesNotContain(waiting, one => one.IsCompleted);
        time.Advance(Long);
        Note(gate, runs);

        (await waiting[0].WaitAsync(Second)).Dispose();
        (await waiting[1].WaitAsync(Second)).Dispose();
        Assert.False(more.IsCompleted);
    }

    [Fact]
    public async Task NoteOverdue_SpareTakenByALongRunToo_OpensAnotherUpToAsManyAsThereAreSlots()
    {
        var gate = new RunGate(2, 10, time);
        var limits = new List<RunLimit>();
        for (var count = 0; count < 4; count++)
        {
            Assert.True(gate.TryEnter(Line(gate, $"endless-{count}"), out _), $"{count}");
            limits.Add(Begin(gate.LineOf($"endless-{count}")));
            time.Advance(Long);
            var waiting = count > 0 ? Enter(gate, Line(gate, "fast")) : null;
            Note(gate, [.. limits]);
            if (count is 1 or 2)
            {
                (await waiting!.WaitAsync(Second)).Dispose();
            }
        }

        Assert.False(gate.TryEnter(Line(gate, "fast"), out _));
        Assert.Equal(1, gate.Waiting);
    }

    [Fact]
    public async Task NoteOverdue_LongRunEnds_TheSpareClosesAndOneSlotIsKept()
    {
        var gate = new RunGate(2, 10, time);
        var (endless, fast) = (Line(gate, "endless"), Line(gate, "fast"));
        var (first, second) = (Take(gate, endless), Take(gate, endless));
        time.Advance(Long);
        var waiting = Enter(gate, fast);
        Note(gate, [first.Limit, second.Limit]);
        (await waiting.WaitAsync(Second)).Dispose();

        first.Slot.Dispose();
        first.Limit.Dispose();
        Note(gate, [second.Limit]);

        Assert.True(gate.TryEnter(fast, out var one));
        Assert.False(gate.TryEnter(endless, out _));
        Assert.False(gate.TryEnter(fast, out _));
        one.Dispose();
        second.Slot.Dispose();
        second.Limit.Dispose();
        Note(gate, []);
        Assert.True(gate.TryEnter(fast, out _));
        Assert.True(gate.TryEnter(fast, out _));
        Assert.False(gate.TryEnter(fast, out _));
    }

    [Fact]
    public void NoteOverdue_SlowModelWaits_OpensNoSlotBesideItsLikes()
    {
        var gate = new RunGate(2, 10, time);
        var (one, other) = (Line(gate, "one"), Line(gate, "other"));
        Measure(gate, one, Second);
        Measure(gate, other, Second);
        RunLimit[] runs = [Take(gate, one).Limit, Take(gate, one).Limit];
        var waiting = Enter(gate, other);
        time.Advance(Long);

        Note(gate, runs);

        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public void NoteOverdue_OneSlotAlone_StaysTheOnlyOne()
    {
        var gate = new RunGate(1, 10, time);
        RunLimit[] runs = [Take(gate, Line(gate, "endless")).Limit];
        var waiting = Enter(gate, Line(gate, "fast"));
        time.Advance(Long);

        Note(gate, runs);

        Assert.False(waiting.IsCompleted);
    }

    private void Note(RunGate gate, RunLimit[] runs) => gate.NoteOverdue(runs, time.GetTimestamp(), Long.Ticks);

    private (RunSlot Slot, RunLimit Limit) Take(RunGate gate, ModelLine line)
    {
        Assert.True(gate.TryEnter(line, out var slot));
        return (slot, Begin(line));
    }

    private RunLimit Begin(ModelLine line)
    {
        var limit = new RunLimit((_, _) => { });
        limit.Begin(time.GetTimestamp(), long.MaxValue, CancellationToken.None, null, line);
        return limit;
    }
}
