using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Batching;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Serving.Batching;

/// <summary>Requests that wait for a run and are taken along by another: each is answered as if it had run alone.</summary>
public sealed class DynamicBatcherTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly WaitingLine line = new();

    [Fact]
    public async Task Run_ThreeWait_OneRunAnswersEachAsAlone()
    {
        using var model = Load(Lookup());
        model.BatchBy(() => new BatchSizeTuner(64));
        string[] bodies = ["[[1,2]]", "[[3,4],[5,6]]", "[[7,8]]"];
        var alone = bodies.Select(body => WaitingLine.Alone(model, body)).ToArray();

        var (answers, rows) = await line.TogetherAsync(model, bodies);

        Assert.Equal(alone, answers);
        Assert.Equal([4], rows);
        Assert.Equal(0, line.Gate.Waiting);
        Assert.True(line.Gate.TryEnter(out _));
    }

    [Fact]
    public async Task Run_RowThatANodeRefuses_FailsItsOwnRequestAlone()
    {
        using var model = Load(Lookup());
        model.BatchBy(() => new BatchSizeTuner(64));
        string[] bodies = ["[[1,2]]", "[[1,99]]", "[[7,8]]"];

        var (answers, _) = await line.TogetherAsync(model, bodies);

        Assert.Equal([WaitingLine.Alone(model, bodies[0]), WaitingLine.Alone(model, bodies[1]), WaitingLine.Alone(model, bodies[2])], answers);
        Assert.StartsWith("InvalidValue", answers[1], StringComparison.Ordinal);
        Assert.StartsWith("{", answers[0], StringComparison.Ordinal);
        Assert.StartsWith("{", answers[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RefusedRowOfTheFirst_FailsOnlyTheFirst()
    {
        using var model = Load(Lookup());
        model.BatchBy(() => new BatchSizeTuner(64));

        var (answers, _) = await line.TogetherAsync(model, ["[[1,99]]", "[[7,8]]"]);

        Assert.StartsWith("InvalidValue", answers[0], StringComparison.Ordinal);
        Assert.Equal(WaitingLine.Alone(model, "[[7,8]]"), answers[1]);
    }

    [Fact]
    public async Task Run_RowsOfOtherShapes_RunForThemselves()
    {
        using var model = Load(Lookup());
        model.BatchBy(() => new BatchSizeTuner(64));

        var (answers, rows) = await line.TogetherAsync(model, ["[[1,2]]", "[[1,2,3]]", "[[7,8]]", "[[4,5,6]]"]);

        Assert.Equal([2, 2], rows);
        Assert.Equal([WaitingLine.Alone(model, "[[1,2]]"), WaitingLine.Alone(model, "[[1,2,3]]"), WaitingLine.Alone(model, "[[7,8]]"), WaitingLine.Alone(model, "[[4,5,6]]")], answers);
    }

    [Fact]
    public async Task Run_MoreRowsThanTheModelTakes_AreLeftToTheNextRun()
    {
        using var model = Load(Lookup(), """{"maxRows":3}""");
        model.BatchBy(() => new BatchSizeTuner(64));

        var (answers, rows) = await line.TogetherAsync(model, ["[[1,2],[2,3]]", "[[3,4],[4,5]]", "[[7,8]]"]);

        Assert.Equal([2, 3], rows.Order());
        Assert.Equal([WaitingLine.Alone(model, "[[1,2],[2,3]]"), WaitingLine.Alone(model, "[[3,4],[4,5]]"), WaitingLine.Alone(model, "[[7,8]]")], answers);
    }

    [Fact]
    public async Task Run_OneLeavesWhileItWaits_TheOthersShareTheRunWithoutIt()
    {
        using var model = Load(Lookup());
        model.BatchBy(() => new BatchSizeTuner(64));
        Assert.True(line.Gate.TryEnter(out var held));
        using var caller = new CancellationTokenSource();
        var first = line.ScoreAsync(model, "[[1,2]]", []);
        var leaver = line.ScoreAsync(model, "[[3,4]]", [], caller.Token);
        var last = line.ScoreAsync(model, "[[7,8]]", []);

        await caller.CancelAsync();
        Assert.StartsWith("DeadlineExceeded", await leaver, StringComparison.Ordinal);
        held.Dispose();

        Assert.Equal(WaitingLine.Alone(model, "[[1,2]]"), await first);
        Assert.Equal(WaitingLine.Alone(model, "[[7,8]]"), await last);
        Assert.Equal(0, line.Gate.Waiting);
    }

    [Fact]
    public async Task Run_RowsThatDependOnTheirNeighbours_AreFoundOutAndAnsweredAlone()
    {
        using var model = Load(new GraphBuilder().Input("x", DataType.Float, "rows", 2)
            .Node("ReduceMean", ["x"], ["mean"], GraphBuilder.Attribute("axes", [0]), GraphBuilder.Attribute("keepdims", 1))
            .Node("Sub", ["x", "mean"], ["y"]).Output("y", DataType.Float, "rows", 2));
        var tuner = new BatchSizeTuner();
        model.BatchBy(() => tuner);

        var (answers, _) = await line.TogetherAsync(model, ["[[1,2]]", "[[3,9]]"]);

        Assert.Equal([WaitingLine.Alone(model, "[[1,2]]"), WaitingLine.Alone(model, "[[3,9]]")], answers);
        Assert.Equal(1, tuner.MaxBatches);
    }

    [Fact]
    public async Task Run_OtherModelsWait_KeepTheirPlace()
    {
        using var model = Load(Lookup());
        using var other = Load(Lookup());
        model.BatchBy(() => new BatchSizeTuner(64));
        other.BatchBy(() => new BatchSizeTuner(64));
        Assert.True(line.Gate.TryEnter(out var held));
        List<int> rows = [];
        var answers = Task.WhenAll(line.ScoreAsync(model, "[[1,2]]", rows), line.ScoreAsync(other, "[[3,4]]", rows), line.ScoreAsync(model, "[[7,8]]", rows));
        held.Dispose();

        Assert.Equal([WaitingLine.Alone(model, "[[1,2]]"), WaitingLine.Alone(model, "[[3,4]]"), WaitingLine.Alone(model, "[[7,8]]")], await answers);
        // The next run may end before this one is noted.
        Assert.Equal([1, 2], rows.Order());
    }

    [Fact]
    public async Task GatherAsync_DelayOver_RunsWithThoseThatCameMeanwhile()
    {
        using var model = Load(Lookup(), """{"maxDelay":5}""");
        model.BatchBy(() => new BatchSizeTuner(64));
        using var one = WaitingLine.Batch(model, "[[1,2]]");
        using var other = WaitingLine.Batch(model, "[[7,8]]");
        Assert.True(model.IsHeldBack(one));
        var time = new FakeTimeProvider();
        var first = line.Gate.HoldBackAsync(one, model.Config.MaxDelay, time, CancellationToken.None).AsTask();
        var second = line.Gate.HoldBackAsync(other, model.Config.MaxDelay, time, CancellationToken.None).AsTask();

        time.Advance(model.Config.MaxDelay);
        Assert.Equal(2, DynamicBatcher.Run(one, line.Gate, await first, CancellationToken.None).Rows);

        Assert.True((await second).WasTaken);
        Assert.Equal([WaitingLine.Alone(model, "[[1,2]]"), WaitingLine.Alone(model, "[[7,8]]")], [WaitingLine.Written(one, default), WaitingLine.Written(other, default)]);
        Assert.True(line.Gate.TryEnter(out _));
    }

    [Fact]
    public async Task GatherAsync_CallerLeaves_IsForgotten()
    {
        using var model = Load(Lookup(), """{"maxDelay":5}""");
        using var batch = WaitingLine.Batch(model, "[[1,2]]");
        using var caller = new CancellationTokenSource();
        var time = new FakeTimeProvider();
        var held = line.Gate.HoldBackAsync(batch, model.Config.MaxDelay, time, caller.Token).AsTask();

        await caller.CancelAsync();
        await Assert.ThrowsAsync<ScoringException>(() => held);
        time.Advance(model.Config.MaxDelay);

        Assert.Equal(0, line.Gate.Waiting);
        Assert.True(line.Gate.TryEnter(out _));
    }

    public void Dispose() => folder.Dispose();

    // ids int64 [rows, n] → the mean of each row's entries of a table of ten, float32 [rows].
    private static GraphBuilder Lookup() => new GraphBuilder()
        .Input("ids", DataType.Int64, "rows", "n")
        .Floats("table", [10], 0.5f, 1, 2, 3, 5, 7, 11, 13, 17, 19)
        .Node("Gather", ["table", "ids"], ["found"])
        .Node("ReduceMean", ["found"], ["y"], GraphBuilder.Attribute("axes", [1]), GraphBuilder.Attribute("keepdims", 0))
        .Output("y", DataType.Float, "rows");

    private LoadedModel Load(GraphBuilder graph, string? config = null)
    {
        var directory = graph.Save(folder.PathTo(Guid.NewGuid().ToString("N")));
        if (config is not null)
        {
            File.WriteAllText(Path.Combine(directory, "model.json"), config);
        }

        var model = LoadedModel.Load(new ModelPackage("merged", "1", "", directory, "test"), SessionSettings.Plain);
        model.WarmUp();
        return model;
    }
}
