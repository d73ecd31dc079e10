using Scoring.Configuration;
using Scoring.Serving;

namespace Scoring.Tests.Serving;

/// <content>Who may stand in the line, and who is refused at once.</content>
public sealed partial class RunGateFairnessTests
{
    [Fact]
    public async Task EnterAsync_MaxConcurrentRunsOfAModel_HoldsItAlone()
    {
        var gate = new RunGate(3, 10, time);
        var (limited, other) = (Line(gate, "limited", new ModelConfig { MaxConcurrentRuns = 1 }), Line(gate, "other"));
        Assert.True(gate.TryEnter(limited, out var running));
        var waiting = Enter(gate, limited);
        Assert.False(waiting.IsCompleted);
        Assert.True(gate.TryEnter(other, out _));

        running.Dispose();

        (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).Dispose();
    }

    [Fact]
    public async Task EnterAsync_MaxQueuedOfAModel_RefusesItAlone()
    {
        var gate = new RunGate(1, 10, time);
        var (limited, other) = (Line(gate, "limited", new ModelConfig { MaxQueued = 1 }), Line(gate, "other"));
        Assert.True(gate.TryEnter(other, out _));
        _ = Enter(gate, limited);

        var refused = await Assert.ThrowsAsync<ScoringException>(() => Enter(gate, limited));

        Assert.Equal(ErrorCode.Overloaded, refused.Code);
        Assert.False(Enter(gate, other).IsCompleted);
    }

    [Fact]
    public async Task EnterAsync_LineFullOfOneModel_MakesRoomForAnother()
    {
        var gate = new RunGate(1, 4, time);
        var (flood, other) = (Line(gate, "flood"), Line(gate, "other"));
        Assert.True(gate.TryEnter(flood, out var running));
        var floods = Enumerable.Range(0, 4).Select(_ => Enter(gate, flood)).ToList();

        var first = Enter(gate, other);
        var second = Enter(gate, other);

        Assert.False(first.IsCompleted || second.IsCompleted);
        foreach (var pushedOut in floods[2..])
        {
            Assert.Equal(ErrorCode.Overloaded, (await Assert.ThrowsAsync<ScoringException>(() => pushedOut)).Code);
        }

        // Each has half now, and nobody pushes an equal out.
        await Assert.ThrowsAsync<ScoringException>(() => Enter(gate, other));
        await Assert.ThrowsAsync<ScoringException>(() => Enter(gate, flood));
        Assert.Equal(4, gate.Waiting);
        running.Dispose();
    }

    [Fact]
    public async Task EnterAsync_LineTooLongForTheSlo_RefusedWithTheTimeThatItTakes()
    {
        var gate = new RunGate(1, 1000, time);
        var line = Line(gate, "a", new ModelConfig { Slo = TimeSpan.FromSeconds(3) });
        Measure(gate, line, Second);
        Assert.True(gate.TryEnter(line, out _));

        // The second in line ends after two more runs and its own.
        var waiting = new[] { Enter(gate, line), Enter(gate, line) };
        var refused = await Assert.ThrowsAsync<ScoringException>(() => Enter(gate, line));

        Assert.DoesNotContain(waiting, one => one.IsCompleted);
        Assert.Equal(ErrorCode.Overloaded, refused.Code);
        Assert.Equal(TimeSpan.FromSeconds(3), refused.RetryAfter);
        Assert.Contains("3000 ms of the model's SLO", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnterAsync_RunLongerThanItsSlo_ServedWhenIdleAndOneWaitsForEachSlot()
    {
        var gate = new RunGate(1, 1000, time);
        var line = Line(gate, "a");
        Measure(gate, line, Second);

        Assert.True(gate.TryEnter(line, out _));
        Assert.False(Enter(gate, line).IsCompleted);
        await Assert.ThrowsAsync<ScoringException>(() => Enter(gate, line));
    }

    [Fact]
    public async Task EnterAsync_OneSlowFirstRun_RefusesNobodyBeforeThereAreMore()
    {
        var gate = new RunGate(1, 1000, time);
        var line = Line(gate, "a");
        Assert.True(gate.TryEnter(line, out var first));
        time.Advance(TimeSpan.FromMilliseconds(200));
        first.Dispose();
        Assert.True(gate.TryEnter(line, out _));

        Assert.All(Enumerable.Range(0, 16), _ => Assert.False(Enter(gate, line).IsCompleted));
        await Assert.ThrowsAsync<ScoringException>(() => Enter(gate, line));
    }

    [Fact]
    public async Task EnterAsync_SloBeyondTheDeadline_RefusedWhereTheRunWouldNotStartByThen()
    {
        var gate = new RunGate(1, 1000, time);
        var line = Line(gate, "a", new ModelConfig { Slo = TimeSpan.FromMinutes(10) });
        Measure(gate, line, Second);
        Assert.True(gate.TryEnter(line, out _));
        var deadline = In(TimeSpan.FromSeconds(10)) with { IsCallers = false };

        // The tenth would start when ten runs are over.
        Assert.All(Enumerable.Range(0, 9), _ => Assert.False(Enter(gate, line, deadline).IsCompleted));
        var tenth = Enter(gate, line, deadline);

        Assert.True(tenth.IsFaulted);
        var refused = await Assert.ThrowsAsync<ScoringException>(() => tenth);
        Assert.Equal(ErrorCode.Overloaded, refused.Code);
        Assert.Contains("left of RequestTimeout", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "'limited' has all the runs that it may have now, and none of its requests may wait.")]
    [InlineData(null, "All runs are taken, and no request may wait.")]
    public async Task EnterAsync_NobodyMayWait_SaysSo(int? maxQueued, string expected)
    {
        var gate = new RunGate(1, 0, time);
        var limited = Line(gate, "limited", new ModelConfig { MaxQueued = maxQueued });
        Assert.True(gate.TryEnter(limited, out _));

        Assert.Equal(expected, (await Assert.ThrowsAsync<ScoringException>(() => Enter(gate, limited))).Message);
    }

    [Fact]
    public void EnterAsync_RunsOfUnlikeLengthFarBeyondCapacity_WhoMayWaitIsAnsweredInTimeAndNoSlotIsIdle()
    {
        const int Slots = 2;
        const double Mean = 0.02;
        const double Patience = 0.3;
        const double End = 20;
        var (random, gate) = (new Random(1), new RunGate(Slots, 1000, time));
        var line = Line(gate, "a");
        var start = time.GetTimestamp();
        var waiting = new List<(double Arrival, Task<RunSlot> Slot)>();
        var running = new List<(double End, RunSlot Slot)>();
        var (done, late) = (0, 0);

        // Thirteen times as many as can be answered.
        for (var arrival = 0.0; arrival < End; arrival -= Math.Log(1 - random.NextDouble()) * Mean / Slots / 13)
        {
            while (running.Count > 0 && running.MinBy(run => run.End) is var over && over.End <= arrival)
            {
                MoveTo(over.End);
                running.Remove(over);
                over.Slot.Dispose();
                done++;
                Begin(over.End);
            }

            MoveTo(arrival);
            waiting.Add((arrival, Enter(gate, line, In(TimeSpan.FromSeconds(Patience)))));
            Begin(arrival);
        }

        Assert.InRange(late / (double)done, 0, 0.02);
        Assert.InRange(done, 0.95 * Slots * End / Mean, double.PositiveInfinity);

        void MoveTo(double now) => time.Advance(TimeSpan.FromSeconds(now) - time.GetElapsedTime(start));

        void Begin(double now)
        {
            waiting.RemoveAll(one => one.Slot.IsFaulted);
            foreach (var one in waiting.Where(one => one.Slot.IsCompletedSuccessfully).ToList())
            {
                // Lognormal: half of the runs are shorter than 0.9 of the mean, one in twenty takes twice as long.
                var run = Mean * Math.Exp((0.5 * Normal()) - 0.125);
                late += now + run > one.Arrival + Patience ? 1 : 0;
                running.Add((now + run, one.Slot.Result));
                waiting.Remove(one);
            }
        }

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    [Fact]
    public async Task EnterAsync_CallersOwnTimeout_DecidesInsteadOfTheSlo()
    {
        var gate = new RunGate(1, 1000, time);
        var line = Line(gate, "a");
        Measure(gate, line, Second);
        Assert.True(gate.TryEnter(line, out _));
        var (patient, hasty) = (In(TimeSpan.FromSeconds(60)), In(TimeSpan.FromSeconds(1.5)));

        Assert.All(Enumerable.Range(0, 20), _ => Assert.False(Enter(gate, line, patient).IsCompleted));
        var refused = await Assert.ThrowsAsync<ScoringException>(() => Enter(gate, line, hasty));

        Assert.Equal(ErrorCode.Overloaded, refused.Code);
        Assert.Contains("left to the caller", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EnterChunkAsync_LineTooLongForAnySlo_WaitsAllTheSame()
    {
        var gate = new RunGate(1, 0, time);
        var line = Line(gate, "a");
        Measure(gate, line, Second);
        Assert.True(gate.TryEnter(line, out _));

        Assert.All(Enumerable.Range(0, 20), _ => Assert.False(gate.EnterChunkAsync("job", CancellationToken.None).AsTask().IsFaulted));
        Assert.Equal(20, gate.Waiting);
    }
}
