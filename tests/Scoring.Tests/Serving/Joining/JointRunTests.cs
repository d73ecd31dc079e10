using System.Text;
using System.Text.Json;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Joining;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Serving.Joining;

/// <summary>Requests that wait for a run and are taken along by another: each is answered as if it had run alone.</summary>
public sealed class JointRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RunGate gate = new(1, 8);

    [Fact]
    public async Task Run_ThreeWait_OneRunAnswersEachAsAlone()
    {
        using var model = Load(Lookup());
        model.Join(() => new JoinTrial(64));
        string[] bodies = ["[[1,2]]", "[[3,4],[5,6]]", "[[7,8]]"];
        var alone = bodies.Select(body => Alone(model, body)).ToArray();

        var (answers, rows) = await TogetherAsync(model, bodies);

        Assert.Equal(alone, answers);
        Assert.Equal([4], rows);
        Assert.Equal(0, gate.Waiting);
        Assert.True(gate.TryEnter(out _));
    }

    [Fact]
    public async Task Run_RowThatANodeRefuses_FailsItsOwnRequestAlone()
    {
        using var model = Load(Lookup());
        model.Join(() => new JoinTrial(64));
        string[] bodies = ["[[1,2]]", "[[1,99]]", "[[7,8]]"];

        var (answers, _) = await TogetherAsync(model, bodies);

        Assert.Equal([Alone(model, bodies[0]), Alone(model, bodies[1]), Alone(model, bodies[2])], answers);
        Assert.StartsWith("InvalidValue", answers[1], StringComparison.Ordinal);
        Assert.StartsWith("{", answers[0], StringComparison.Ordinal);
        Assert.StartsWith("{", answers[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RefusedRowOfTheFirst_FailsOnlyTheFirst()
    {
        using var model = Load(Lookup());
        model.Join(() => new JoinTrial(64));

        var (answers, _) = await TogetherAsync(model, ["[[1,99]]", "[[7,8]]"]);

        Assert.StartsWith("InvalidValue", answers[0], StringComparison.Ordinal);
        Assert.Equal(Alone(model, "[[7,8]]"), answers[1]);
    }

    [Fact]
    public async Task Run_RowsOfOtherShapes_RunForThemselves()
    {
        using var model = Load(Lookup());
        model.Join(() => new JoinTrial(64));

        var (answers, rows) = await TogetherAsync(model, ["[[1,2]]", "[[1,2,3]]", "[[7,8]]", "[[4,5,6]]"]);

        Assert.Equal([2, 2], rows);
        Assert.Equal([Alone(model, "[[1,2]]"), Alone(model, "[[1,2,3]]"), Alone(model, "[[7,8]]"), Alone(model, "[[4,5,6]]")], answers);
    }

    [Fact]
    public async Task Run_MoreRowsThanTheModelTakes_AreLeftToTheNextRun()
    {
        using var model = Load(Lookup(), """{"maxRows":3}""");
        model.Join(() => new JoinTrial(64));

        var (answers, rows) = await TogetherAsync(model, ["[[1,2],[2,3]]", "[[3,4],[4,5]]", "[[7,8]]"]);

        Assert.Equal([2, 3], rows.Order());
        Assert.Equal([Alone(model, "[[1,2],[2,3]]"), Alone(model, "[[3,4],[4,5]]"), Alone(model, "[[7,8]]")], answers);
    }

    [Fact]
    public async Task Run_OneLeavesWhileItWaits_TheOthersShareTheRunWithoutIt()
    {
        using var model = Load(Lookup());
        model.Join(() => new JoinTrial(64));
        Assert.True(gate.TryEnter(out var held));
        using var caller = new CancellationTokenSource();
        var first = ScoreAsync(model, "[[1,2]]", []);
        var leaver = ScoreAsync(model, "[[3,4]]", [], caller.Token);
        var last = ScoreAsync(model, "[[7,8]]", []);

        await caller.CancelAsync();
        Assert.StartsWith("DeadlineExceeded", await leaver, StringComparison.Ordinal);
        held.Dispose();

        Assert.Equal(Alone(model, "[[1,2]]"), await first);
        Assert.Equal(Alone(model, "[[7,8]]"), await last);
        Assert.Equal(0, gate.Waiting);
    }

    [Fact]
    public async Task Run_RowsThatDependOnTheirNeighbours_AreFoundOutAndAnsweredAlone()
    {
        using var model = Load(new GraphBuilder().Input("x", DataType.Float, "rows", 2)
            .Node("ReduceMean", ["x"], ["mean"], GraphBuilder.Attribute("axes", [0]), GraphBuilder.Attribute("keepdims", 1))
            .Node("Sub", ["x", "mean"], ["y"]).Output("y", DataType.Float, "rows", 2));
        var trial = new JoinTrial();
        model.Join(() => trial);

        var (answers, _) = await TogetherAsync(model, ["[[1,2]]", "[[3,9]]"]);

        Assert.Equal([Alone(model, "[[1,2]]"), Alone(model, "[[3,9]]")], answers);
        Assert.Equal(1, trial.MostBatches);
    }

    [Fact]
    public async Task Run_OtherModelsWait_KeepTheirPlace()
    {
        using var model = Load(Lookup());
        using var other = Load(Lookup());
        model.Join(() => new JoinTrial(64));
        other.Join(() => new JoinTrial(64));
        Assert.True(gate.TryEnter(out var held));
        List<int> rows = [];
        var answers = Task.WhenAll(ScoreAsync(model, "[[1,2]]", rows), ScoreAsync(other, "[[3,4]]", rows), ScoreAsync(model, "[[7,8]]", rows));
        held.Dispose();

        Assert.Equal([Alone(model, "[[1,2]]"), Alone(model, "[[3,4]]"), Alone(model, "[[7,8]]")], await answers);
        // The next run may end before this one is noted.
        Assert.Equal([1, 2], rows.Order());
    }

    [Fact]
    public async Task GatherAsync_DelayOver_RunsWithThoseThatCameMeanwhile()
    {
        using var model = Load(Lookup(), """{"maxDelay":5}""");
        model.Join(() => new JoinTrial(64));
        using var one = Batch(model, "[[1,2]]");
        using var other = Batch(model, "[[7,8]]");
        Assert.True(model.IsHeldBack(one));
        var time = new DueTimers();
        var first = gate.GatherAsync(one, model.Config.MaxDelay, time, CancellationToken.None).AsTask();
        var second = gate.GatherAsync(other, model.Config.MaxDelay, time, CancellationToken.None).AsTask();

        time.Fire();
        Assert.Equal(2, JointRun.Run(one, gate, await first, CancellationToken.None).Rows);

        Assert.True((await second).WasTaken);
        Assert.Equal([Alone(model, "[[1,2]]"), Alone(model, "[[7,8]]")], [Written(one, default), Written(other, default)]);
        Assert.True(gate.TryEnter(out _));
    }

    [Fact]
    public async Task GatherAsync_CallerLeaves_IsForgotten()
    {
        using var model = Load(Lookup(), """{"maxDelay":5}""");
        using var batch = Batch(model, "[[1,2]]");
        using var caller = new CancellationTokenSource();
        var time = new DueTimers();
        var held = gate.GatherAsync(batch, model.Config.MaxDelay, time, caller.Token).AsTask();

        await caller.CancelAsync();
        await Assert.ThrowsAsync<ScoringException>(() => held);
        time.Fire();

        Assert.Equal(0, gate.Waiting);
        Assert.True(gate.TryEnter(out _));
    }

    public void Dispose() => folder.Dispose();

    private static ScoringBatch Batch(LoadedModel model, string instances)
    {
        var batch = model.RentBatch();
        ScoreRequest.Read(Encoding.UTF8.GetBytes($$"""{"instances":{{instances}}}"""), batch, 1024);
        return batch;
    }

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

        var model = LoadedModel.Load(new ModelPackage("joint", "1", "", directory, "test"), SessionSettings.Plain);
        model.WarmUp();
        return model;
    }

    // All of them wait when the first may run.
    private async Task<(string[] Answers, List<int> Rows)> TogetherAsync(LoadedModel model, string[] instances)
    {
        Assert.True(gate.TryEnter(out var held));
        List<int> rows = [];
        var answers = instances.Select(one => ScoreAsync(model, one, rows)).ToArray();
        Assert.Equal(instances.Length, gate.Waiting);
        held.Dispose();
        return (await Task.WhenAll(answers), rows);
    }

    private async Task<string> ScoreAsync(LoadedModel model, string instances, List<int> rows, CancellationToken cancellationToken = default)
    {
        using var batch = model.RentBatch();
        try
        {
            var parameters = ScoreRequest.Read(Encoding.UTF8.GetBytes($$"""{"instances":{{instances}}}"""), batch, 1024);
            var slot = await gate.EnterAsync(RunKind.Request, batch, cancellationToken);
            if (!slot.WasTaken)
            {
                var ran = JointRun.Run(batch, gate, slot, CancellationToken.None).Rows;
                lock (rows)
                {
                    rows.Add(ran);
                }
            }

            return Written(batch, parameters);
        }
        catch (ScoringException exception)
        {
            return $"{exception.Code} {exception.Message}";
        }
    }

    private static string Alone(LoadedModel model, string instances)
    {
        using var batch = model.RentBatch();
        try
        {
            var parameters = ScoreRequest.Read(Encoding.UTF8.GetBytes($$"""{"instances":{{instances}}}"""), batch, 1024);
            batch.Run(CancellationToken.None);
            return Written(batch, parameters);
        }
        catch (ScoringException exception)
        {
            return $"{exception.Code} {exception.Message}";
        }
    }

    private static string Written(ScoringBatch batch, ScoreParameters parameters)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, ScoreResponse.WriterOptions))
        {
            ScoreResponse.Write(writer, batch, parameters);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
