using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Scoring.Configuration;
using Scoring.Serving;

namespace Scoring.Tests.Serving;

/// <summary>Slots and line shared by models, on a clock that the test moves.</summary>
public sealed partial class RunGateFairnessTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(10);

    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task Exit_SlowAndFastModelWait_TheFastOneRunsAsLongAsTheSlowOneCosts()
    {
        var gate = new RunGate(1, 500, time);
        var (slow, fast) = (Line(gate, "slow"), Line(gate, "fast"));
        Measure(gate, slow, Second);
        Measure(gate, fast, Short);
        Assert.True(gate.TryEnter(gate.LineOf("other"), out var slot));
        var waiting = LineUp(gate, slow, 2).Concat(LineUp(gate, fast, 250)).ToList();

        var order = await ServeAsync(waiting, slot);

        // A run of the slow model costs as much as a hundred of the fast one; at a tie either may be first.
        var (first, second) = (order.IndexOf(slow), order.LastIndexOf(slow));
        Assert.InRange(first, 99, 100);
        Assert.InRange(second - first, 100, 102);
    }

    [Fact]
    public async Task Exit_ModelsOfUnlikeWeight_ServedByWeight()
    {
        var gate = new RunGate(1, 100, time);
        var (light, heavy) = (Line(gate, "light"), Line(gate, "heavy", new ModelConfig { Weight = 3 }));
        Measure(gate, light, Short);
        Measure(gate, heavy, Short);
        Assert.True(gate.TryEnter(gate.LineOf("other"), out var slot));
        var waiting = LineUp(gate, light, 20).Concat(LineUp(gate, heavy, 20)).ToList();

        var order = await ServeAsync(waiting, slot);

        Assert.InRange(order.Take(20).Count(line => line == heavy), 14, 16);
    }

    [Fact]
    public void TryEnter_LongRunBesideAModelWithAShortSlo_LeavesOneSlot()
    {
        var gate = new RunGate(2, 10, time);
        var (slow, fast) = (Line(gate, "slow"), Line(gate, "fast"));
        Measure(gate, slow, Second);
        Measure(gate, fast, Short);

        Assert.True(gate.TryEnter(slow, out var running));
        Assert.False(gate.TryEnter(slow, out _));
        Assert.True(gate.TryEnter(fast, out var other));
        other.Dispose();
        running.Dispose();
        Assert.True(gate.TryEnter(slow, out _));
    }

    [Fact]
    public void TryEnter_LongRunWhileNoOtherModelIsInUse_TakesEverySlot()
    {
        var gate = new RunGate(2, 10, time);
        var (slow, fast) = (Line(gate, "slow"), Line(gate, "fast"));
        Measure(gate, fast, Short);
        time.Advance(TimeSpan.FromSeconds(11));
        Measure(gate, slow, Second);

        Assert.True(gate.TryEnter(slow, out _));
        Assert.True(gate.TryEnter(slow, out _));
    }

    [Fact]
    public void TryEnter_ModelNeverMeasured_MayTakeTheSlotThatIsKept()
    {
        var gate = new RunGate(2, 10, time);
        var (slow, fast, unknown) = (Line(gate, "slow"), Line(gate, "fast"), Line(gate, "unknown"));
        Measure(gate, slow, Second);
        Measure(gate, fast, Short);
        Assert.True(gate.TryEnter(slow, out _));

        Assert.True(gate.TryEnter(unknown, out _));
    }

    [Fact]
    public void TryEnter_TwoModelsSlowerThanTheirSlo_NeitherIsHeldBack()
    {
        var gate = new RunGate(2, 10, time);
        var (one, other) = (Line(gate, "one"), Line(gate, "other"));
        Measure(gate, one, Second);
        Measure(gate, other, Second);

        Assert.True(gate.TryEnter(one, out _));
        Assert.True(gate.TryEnter(one, out _));
    }

    [Fact]
    public async Task Exit_LongRunsHeldBack_GoOnWhenTheirSlotComesBack()
    {
        var gate = new RunGate(2, 10, time);
        var (slow, fast) = (Line(gate, "slow"), Line(gate, "fast"));
        Measure(gate, slow, Second);
        Measure(gate, fast, Short);
        Assert.True(gate.TryEnter(slow, out var running));
        var held = Enter(gate, slow);
        Assert.False(held.IsCompleted);
        Assert.True(gate.TryEnter(fast, out var other));

        other.Dispose();
        Assert.False(held.IsCompleted);

        running.Dispose();
        (await held.WaitAsync(TimeSpan.FromSeconds(30))).Dispose();
        Assert.Equal(0, gate.Waiting);
        Assert.True(gate.TryEnter(fast, out _));
        Assert.True(gate.TryEnter(fast, out _));
        Assert.False(gate.TryEnter(fast, out _));
    }

    [Fact]
    public void TryEnter_StuckLongRunReplaced_AnotherLongRunMayGoOn()
    {
        var gate = new RunGate(2, 10, time);
        var (slow, fast) = (Line(gate, "slow"), Line(gate, "fast"));
        Measure(gate, slow, Second);
        Measure(gate, fast, Short);
        Assert.True(gate.TryEnter(slow, out _));

        gate.Add();

        Assert.True(gate.TryEnter(slow, out _));
        Assert.False(gate.TryEnter(slow, out _));
        Assert.True(gate.TryEnter(fast, out _));
    }

    [Fact]
    public void TryEnter_LimitedModel_AllocatesNothing()
    {
        var gate = new RunGate(2, 10);
        var line = Line(gate, "limited", new ModelConfig { MaxConcurrentRuns = 1 });
        EnterAndLeave();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            EnterAndLeave();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void EnterAndLeave()
        {
            Assert.True(gate.TryEnter(line, out var slot));
            slot.Dispose();
        }
    }

    private static ModelLine Line(RunGate gate, string model, ModelConfig? config = null)
    {
        var line = gate.LineOf(model);
        line.Configure(config ?? ModelConfig.Empty);
        return line;
    }

    private static Task<RunSlot> Enter(RunGate gate, ModelLine line, RunDeadline deadline = default) => gate.EnterAsync(line, deadline, CancellationToken.None).AsTask();

    private static List<(ModelLine Line, Task<RunSlot> Slot)> LineUp(RunGate gate, ModelLine line, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (line, Enter(gate, line, In(TimeSpan.FromHours(1)))))];

    private static RunDeadline In(TimeSpan span) => new(Stopwatch.GetTimestamp() + (long)(span.TotalSeconds * Stopwatch.Frequency), IsCallers: true);

    // Each run takes what was measured before.
    private async Task<List<ModelLine>> ServeAsync(List<(ModelLine Line, Task<RunSlot> Slot)> waiting, RunSlot slot)
    {
        var order = new List<ModelLine>();
        while (waiting.Count > 0)
        {
            var cost = slot.Line.Cost.OfRun;
            time.Advance(TimeSpan.FromSeconds(cost));
            slot.Dispose();
            var next = Assert.Single(waiting, one => one.Slot.IsCompleted);
            waiting.Remove(next);
            order.Add(next.Line);
            slot = await next.Slot;
        }

        return order;
    }

    private void Measure(RunGate gate, ModelLine line, TimeSpan run)
    {
        for (var count = 0; count < 4; count++)
        {
            Assert.True(gate.TryEnter(line, out var slot));
            time.Advance(run);
            slot.Dispose();
        }

        time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.True(gate.TryEnter(line, out var last));
        time.Advance(run);
        last.Dispose();
    }
}
