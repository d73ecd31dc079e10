using System.Diagnostics;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Batching;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Serving.Batching;

/// <summary>The one call of the batcher: a batch and a deadline in, answers or an exception out, whether the batch ran alone or merged with others.</summary>
public sealed partial class DynamicBatcherTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly WaitingLine line = new();

    [Fact]
    public async Task RunAsync_ThreeWait_OneRunAnswersEachAsAlone()
    {
        using var model = Load(Lookup());
        model.TuneBy(() => new BatchSizeTuner(64));
        string[] bodies = ["[[1,2]]", "[[3,4],[5,6]]", "[[7,8]]"];
        var alone = bodies.Select(body => WaitingLine.Alone(model, body)).ToArray();

        var (answers, rows) = await line.TogetherAsync(model, bodies);

        Assert.Equal(alone, answers);
        Assert.Equal([4], rows);
        Assert.Equal(0, line.Gate.Waiting);
        Assert.True(line.Gate.TryEnter(line.Another, out _));
    }

    [Fact]
    public async Task RunAsync_RowThatANodeRefuses_FailsItsOwnRequestAlone()
    {
        using var model = Load(Lookup());
        model.TuneBy(() => new BatchSizeTuner(64));
        string[] bodies = ["[[1,2]]", "[[1,99]]", "[[7,8]]"];

        var (answers, _) = await line.TogetherAsync(model, bodies);

        Assert.Equal([WaitingLine.Alone(model, bodies[0]), WaitingLine.Alone(model, bodies[1]), WaitingLine.Alone(model, bodies[2])], answers);
        Assert.StartsWith("InvalidValue", answers[1], StringComparison.Ordinal);
        Assert.StartsWith("{", answers[0], StringComparison.Ordinal);
        Assert.StartsWith("{", answers[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_RefusedRowOfTheFirst_FailsOnlyTheFirst()
    {
        using var model = Load(Lookup());
        model.TuneBy(() => new BatchSizeTuner(64));

        var (answers, _) = await line.TogetherAsync(model, ["[[1,99]]", "[[7,8]]"]);

        Assert.StartsWith("InvalidValue", answers[0], StringComparison.Ordinal);
        Assert.Equal(WaitingLine.Alone(model, "[[7,8]]"), answers[1]);
    }

    [Fact]
    public async Task RunAsync_RowsOfOtherShapes_RunForThemselves()
    {
        using var model = Load(Lookup());
        model.TuneBy(() => new BatchSizeTuner(64));

        var (answers, rows) = await line.TogetherAsync(model, ["[[1,2]]", "[[1,2,3]]", "[[7,8]]", "[[4,5,6]]"]);

        Assert.Equal([2, 2], rows);
        Assert.Equal([WaitingLine.Alone(model, "[[1,2]]"), WaitingLine.Alone(model, "[[1,2,3]]"), WaitingLine.Alone(model, "[[7,8]]"), WaitingLine.Alone(model, "[[4,5,6]]")], answers);
    }

    [Fact]
    public async Task RunAsync_MoreRowsThanTheModelTakes_AreLeftToTheNextRun()
    {
        using var model = Load(Lookup(), """{"maxRows":3}""");
        model.TuneBy(() => new BatchSizeTuner(64));

        var (answers, rows) = await line.TogetherAsync(model, ["[[1,2],[2,3]]", "[[3,4],[4,5]]", "[[7,8]]"]);

        Assert.Equal([2, 3], rows.Order());
        Assert.Equal([WaitingLine.Alone(model, "[[1,2],[2,3]]"), WaitingLine.Alone(model, "[[3,4],[4,5]]"), WaitingLine.Alone(model, "[[7,8]]")], answers);
    }

    [Fact]
    public async Task RunAsync_OneLeavesWhileItWaits_TheOthersShareTheRunWithoutIt()
    {
        using var model = Load(Lookup());
        model.TuneBy(() => new BatchSizeTuner(64));
        Assert.True(line.Gate.TryEnter(line.Another, out var held));
        using var caller = new CancellationTokenSource();
        var first = line.ScoreAsync(model, "[[1,2]]");
        var leaver = line.ScoreAsync(model, "[[3,4]]", caller.Token);
        var last = line.ScoreAsync(model, "[[7,8]]");

        await caller.CancelAsync();
        Assert.StartsWith("DeadlineExceeded", await leaver, StringComparison.Ordinal);
        held.Dispose();

        Assert.Equal(WaitingLine.Alone(model, "[[1,2]]"), await first);
        Assert.Equal(WaitingLine.Alone(model, "[[7,8]]"), await last);
        Assert.Equal([2], line.TakeRuns());
        Assert.Equal(0, line.Gate.Waiting);
    }

    [Fact]
    public async Task RunAsync_RowsThatDependOnTheirNeighbours_AreFoundOutAndAnsweredAlone()
    {
        using var model = Load(new GraphBuilder().Input("x", DataType.Float, "rows", 2)
            .Node("ReduceMean", ["x"], ["mean"], GraphBuilder.Attribute("axes", [0]), GraphBuilder.Attribute("keepdims", 1))
            .Node("Sub", ["x", "mean"], ["y"]).Output("y", DataType.Float, "rows", 2));
        var tuner = new BatchSizeTuner();
        model.TuneBy(() => tuner);

        var (answers, _) = await line.TogetherAsync(model, ["[[1,2]]", "[[3,9]]"]);

        Assert.Equal([WaitingLine.Alone(model, "[[1,2]]"), WaitingLine.Alone(model, "[[3,9]]")], answers);
        Assert.Equal(1, tuner.MaxBatchSize);
    }

    [Fact]
    public async Task RunAsync_OtherModelsWait_KeepTheirPlace()
    {
        using var model = Load(Lookup());
        using var other = Load(Lookup());
        model.TuneBy(() => new BatchSizeTuner(64));
        other.TuneBy(() => new BatchSizeTuner(64));
        Assert.True(line.Gate.TryEnter(line.Another, out var held));
        var answers = Task.WhenAll(line.ScoreAsync(model, "[[1,2]]"), line.ScoreAsync(other, "[[3,4]]"), line.ScoreAsync(model, "[[7,8]]"));
        held.Dispose();

        Assert.Equal([WaitingLine.Alone(model, "[[1,2]]"), WaitingLine.Alone(model, "[[3,4]]"), WaitingLine.Alone(model, "[[7,8]]")], await answers);
        Assert.Equal([2, 1], line.TakeRuns());
    }

    [Fact]
    public void RunAsync_SlotFree_RunsAtOnceAndAloneAndAllocatesNothing()
    {
        using var model = Load(Rows());
        model.TuneBy(() => new BatchSizeTuner(64));
        using var batch = model.RentBatch();
        ScoreRequest.Read("""{"instances":[[1,2]]}"""u8, batch, 1);
        for (var round = 0; round < 100; round++)
        {
            Run();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            Run();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Enumerable.Repeat(1, 200), line.TakeRuns());

        void Run() => Assert.True(line.Batcher.RunAsync(batch, new RunDeadline(Stopwatch.GetTimestamp()), CancellationToken.None).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task RunAsync_DeadlinePassesWhileItWaits_IsNotRun()
    {
        using var model = Load(Lookup());
        Assert.True(line.Gate.TryEnter(line.Another, out var held));

        Assert.StartsWith("DeadlineExceeded", await line.ScoreAsync(model, "[[1,2]]", Stopwatch.GetTimestamp(), CancellationToken.None), StringComparison.Ordinal);

        held.Dispose();
        Assert.Equal(0, line.Gate.Waiting);
        Assert.Empty(line.TakeRuns());
        Assert.Equal(WaitingLine.Alone(model, "[[1,2]]"), await line.ScoreAsync(model, "[[1,2]]"));
    }

    [Fact]
    public async Task RunAsync_CallerLeftBefore_IsNotRun()
    {
        using var model = Load(Lookup());
        using var held = Held();

        Assert.StartsWith("DeadlineExceeded", await line.ScoreAsync(model, "[[1,2]]", new CancellationToken(canceled: true)), StringComparison.Ordinal);
        Assert.Equal(0, line.Gate.Waiting);
    }

    [Fact]
    public async Task RunAsync_TooManyWait_IsRefusedAtOnceHeldBackOrNot()
    {
        using var full = new WaitingLine(maxQueuedRequests: 2);
        using var model = Load(Lookup());
        using var delayed = Load(Lookup(), """{"maxDelay":5}""");
        delayed.TuneBy(() => new BatchSizeTuner(64));
        Assert.True(full.Gate.TryEnter(full.Another, out var held));
        var first = full.ScoreAsync(model, "[[1,2]]");
        var second = full.ScoreAsync(delayed, "[[3,4]]");

        Assert.StartsWith("Overloaded", await full.ScoreAsync(model, "[[7,8]]"), StringComparison.Ordinal);
        Assert.StartsWith("Overloaded", await full.ScoreAsync(delayed, "[[7,8]]"), StringComparison.Ordinal);

        full.Time.Fire();
        held.Dispose();
        Assert.Equal([WaitingLine.Alone(model, "[[1,2]]"), WaitingLine.Alone(model, "[[3,4]]")], await Task.WhenAll(first, second));
    }

    [Fact]
    public async Task RunAsync_ManyCallersWithDeadlines_EachIsAnsweredAsAloneOrGivesUpAndNothingIsLost()
    {
        using var model = Load(Lookup());
        model.TuneBy(() => new BatchSizeTuner(8));
        var alone = Enumerable.Range(0, 9).Select(id => WaitingLine.Alone(model, $"[[{id},{id + 1}]]")).ToArray();
        var answered = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var turn = 0; turn < 200; turn++)
            {
                var id = random.Next(alone.Length);
                using var leaving = new CancellationTokenSource();
                if (random.Next(4) == 0)
                {
                    leaving.CancelAfter(TimeSpan.FromMicroseconds(random.Next(200)));
                }

                string answer;
                try
                {
                    answer = await line.ScoreAsync(model, $"[[{id},{id + 1}]]", leaving.Token);
                }
                catch (OperationCanceledException)
                {
                    continue;
                }

                if (!answer.StartsWith("DeadlineExceeded", StringComparison.Ordinal))
                {
                    Assert.Equal(alone[id], answer);
                    Interlocked.Increment(ref answered);
                }
            }
        })));

        Assert.True(answered > 0);
        Assert.True(line.TakeRuns().Sum() >= answered);
        Assert.Equal(0, line.Gate.Waiting);
        Assert.True(line.Gate.TryEnter(line.Another, out _));
        Assert.False(line.Gate.TryEnter(line.Another, out _));
    }

    public void Dispose()
    {
        line.Dispose();
        folder.Dispose();
    }

    private RunSlot Held()
    {
        Assert.True(line.Gate.TryEnter(line.Another, out var held));
        return held;
    }

    // x float32 [rows, 2] → its double: a model whose shapes are fixed, which runs in place.
    private static GraphBuilder Rows() => new GraphBuilder().Input("x", DataType.Float, "rows", 2).Node("Add", ["x", "x"], ["y"]).Output("y", DataType.Float, "rows", 2);

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
