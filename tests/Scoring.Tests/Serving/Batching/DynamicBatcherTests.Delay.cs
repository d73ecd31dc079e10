using Scoring.Serving;
using Scoring.Serving.Batching;

namespace Scoring.Tests.Serving.Batching;

/// <content>Requests that are held back for a while, since their model says so.</content>
public sealed partial class DynamicBatcherTests
{
    [Fact]
    public async Task RunAsync_DelayOver_RunsWithThoseThatCameMeanwhile()
    {
        using var model = Load(Lookup(), """{"maxDelay":5}""");
        model.TuneBy(() => new BatchSizeTuner(64));
        var first = line.ScoreAsync(model, "[[1,2]]");
        var second = line.ScoreAsync(model, "[[7,8]]");
        Assert.False(first.IsCompleted);

        line.Time.Fire();

        Assert.Equal([WaitingLine.Alone(model, "[[1,2]]"), WaitingLine.Alone(model, "[[7,8]]")], await Task.WhenAll(first, second));
        Assert.Equal([2], line.TakeRuns());
        Assert.True(line.Gate.TryEnter(line.Another, out _));
    }

    [Fact]
    public async Task RunAsync_HeldBackWhileAnotherRuns_IsTakenAlongBeforeItsDelayIsOver()
    {
        using var model = Load(Lookup(), """{"maxDelay":5}""");
        model.TuneBy(() => new BatchSizeTuner(64));
        var first = line.ScoreAsync(model, "[[1,2]]");
        line.Time.FireFirst();
        await first;
        Assert.True(line.Gate.TryEnter(line.Another, out var held));
        var released = line.ScoreAsync(model, "[[3,4]]");
        var heldBack = line.ScoreAsync(model, "[[7,8]]");
        line.Time.FireFirst();
        Assert.Equal(1, line.Gate.Waiting);

        held.Dispose();

        Assert.Equal([WaitingLine.Alone(model, "[[3,4]]"), WaitingLine.Alone(model, "[[7,8]]")], await Task.WhenAll(released, heldBack));
        Assert.Equal([1, 2], line.TakeRuns());
    }

    [Fact]
    public async Task RunAsync_CallerLeavesWhileHeldBack_IsForgotten()
    {
        using var model = Load(Lookup(), """{"maxDelay":5}""");
        model.TuneBy(() => new BatchSizeTuner(64));
        using var caller = new CancellationTokenSource();
        var leaver = line.ScoreAsync(model, "[[1,2]]", caller.Token);

        await caller.CancelAsync();
        Assert.StartsWith("DeadlineExceeded", await leaver, StringComparison.Ordinal);
        line.Time.Fire();

        Assert.Equal(0, line.Gate.Waiting);
        Assert.Empty(line.TakeRuns());
        Assert.True(line.Gate.TryEnter(line.Another, out _));
    }
}
