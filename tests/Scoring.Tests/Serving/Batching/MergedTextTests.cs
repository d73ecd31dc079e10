using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Batching;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Serving.Batching;

/// <summary>Texts that wait for a run share it where their lengths are alike, and where padding them to each other's length changes no answer.</summary>
public sealed class MergedTextTests : IDisposable
{
    private const string Text = """{"name":"text","type":"text","tokenizer":{"type":"words","vocabulary":"v.txt","maxTokens":40}WINDOWS}""";

    private readonly TemporaryFolder folder = new();
    private readonly WaitingLine line = new();

    [Fact]
    public async Task RunAsync_TextsOfUnlikeLength_ShareARunAndAreAnsweredAsAlone()
    {
        using var model = Load(Masked());
        string[] bodies = ["[\"a\"]", "[\"b a c\",\"c\"]", "[\"a b c d e f g h\"]", "[\"\"]"];

        var (answers, rows) = await line.TogetherAsync(model, bodies);

        Assert.Equal(bodies.Select(body => WaitingLine.Alone(model, body)), answers);
        Assert.Equal([5], rows);
        Assert.True(model.Batching.MayPad);
    }

    [Fact]
    public async Task RunAsync_NoMask_TextsOfOneLengthAloneShare()
    {
        using var model = Load(Unmasked(Table()));
        string[] bodies = ["[\"a\"]", "[\"b a c\"]", "[\"c\"]", "[\"c b a\"]"];

        var (answers, rows) = await line.TogetherAsync(model, bodies);

        Assert.Equal(bodies.Select(body => WaitingLine.Alone(model, body)), answers);
        Assert.Equal([2, 2], rows);
    }

    [Fact]
    public async Task RunAsync_MaskThatTheModelIgnores_IsFoundOutAndTextsOfOneLengthStillShare()
    {
        using var model = Load(Unmasked(Table().Input("attention_mask", DataType.Int64, "rows", "n")));
        string[] bodies = ["[\"a\"]", "[\"b a c\"]", "[\"c\"]", "[\"c b a\"]"];
        var alone = bodies.Select(body => WaitingLine.Alone(model, body)).ToArray();

        var (first, together) = await line.TogetherAsync(model, bodies);
        var (second, apart) = await line.TogetherAsync(model, bodies);

        Assert.Equal(alone, first);
        Assert.Equal([4], together);
        Assert.False(model.Batching.MayPad);
        Assert.False(model.Batching.TrustsPadding);
        Assert.Equal(alone, second);
        Assert.Equal([2, 2], apart);
    }

    [Fact]
    public async Task RunAsync_OutputAsLongAsTheText_SharesARunAndIsAnsweredAtItsOwnLength()
    {
        using var model = Load(new GraphBuilder().Input("input_ids", DataType.Int64, "rows", "n").Input("attention_mask", DataType.Int64, "rows", "n")
            .Node("Identity", ["input_ids"], ["y"]).Output("y", DataType.Int64, "rows", "n"));
        string[] bodies = ["[\"a\"]", "[\"b a c\"]", "[\"c\"]"];
        var alone = bodies.Select(body => WaitingLine.Alone(model, body)).ToArray();

        var (answers, together) = await line.TogetherAsync(model, bodies);

        Assert.Equal(alone, answers);
        Assert.Equal([3], together);
    }

    [Fact]
    public async Task RunAsync_TextsOfOtherClassesOfLength_RunForThemselves()
    {
        using var model = Load(Masked());
        var words = (int count) => $"[\"{string.Join(' ', Enumerable.Repeat("a b", count / 2))}\"]";

        // 8 and fewer, 9 and 10, 33 to 40.
        var (answers, rows) = await line.TogetherAsync(model, [words(4), words(10), words(34), words(8), words(40), words(10)]);

        Assert.Equal([2, 2, 2], rows);
        Assert.Equal(new[] { 4, 10, 34, 8, 40, 10 }.Select(count => WaitingLine.Alone(model, words(count))), answers);
    }

    [Fact]
    public async Task RunAsync_TextOfSeveralWindows_RunsForItself()
    {
        using var model = Load(Masked(), ""","windows":{"most":4}""");
        string[] bodies = ["[\"a\"]", $"[\"{string.Join(' ', Enumerable.Repeat("a b c", 20))}\"]", "[\"b\"]", "[\"c\"]"];

        var (answers, rows) = await line.TogetherAsync(model, bodies);

        Assert.Equal(bodies.Select(body => WaitingLine.Alone(model, body)), answers);
        Assert.Equal([3, 1], rows);
    }

    [Fact]
    public async Task RunAsync_TextThatWasCut_StillSaysSoWhereMerged()
    {
        using var model = Load(Masked());
        var tooLong = $"[\"{string.Join(' ', Enumerable.Repeat("a b c", 20))}\"]";
        string[] bodies = [tooLong, $"[\"{string.Join(' ', Enumerable.Repeat("a b", 20))}\"]", tooLong];

        var (answers, rows) = await line.TogetherAsync(model, bodies);

        Assert.Equal([3], rows);
        Assert.Equal([true, false, true], answers.Select(answer => answer.Contains("\"truncated\":true", StringComparison.Ordinal)));
        Assert.Equal(bodies.Select(body => WaitingLine.Alone(model, body)), answers);
    }

    public void Dispose()
    {
        line.Dispose();
        folder.Dispose();
    }

    // ids, mask int64 [rows, n] → the mean of each row's entries that are no padding, float32 [rows].
    private static GraphBuilder Masked() => Table()
        .Input("attention_mask", DataType.Int64, "rows", "n")
        .Node("Cast", ["attention_mask"], ["mask"], GraphBuilder.Attribute("to", (int)DataType.Float))
        .Node("Mul", ["found", "mask"], ["kept"])
        .Node("ReduceMean", ["kept"], ["sum"], GraphBuilder.Attribute("axes", [1]), GraphBuilder.Attribute("keepdims", 0))
        .Node("ReduceMean", ["mask"], ["share"], GraphBuilder.Attribute("axes", [1]), GraphBuilder.Attribute("keepdims", 0))
        .Floats("least", [], 1e-6f)
        .Node("Max", ["share", "least"], ["divisor"])
        .Node("Div", ["sum", "divisor"], ["y"])
        .Output("y", DataType.Float, "rows");

    // The mean of all entries, padding among them.
    private static GraphBuilder Unmasked(GraphBuilder table) => table
        .Node("ReduceMean", ["found"], ["y"], GraphBuilder.Attribute("axes", [1]), GraphBuilder.Attribute("keepdims", 0))
        .Output("y", DataType.Float, "rows");

    private static GraphBuilder Table() => new GraphBuilder()
        .Input("input_ids", DataType.Int64, "rows", "n")
        .Floats("table", [9], 100, 1, 2, 3, 5, 7, 11, 13, 17)
        .Node("Gather", ["table", "input_ids"], ["found"]);

    // Every shape of rows begins as one whose merged batches pay, so that nothing here depends on the clock.
    private LoadedModel Load(GraphBuilder graph, string windows = "")
    {
        var directory = graph.Save(folder.PathTo(Guid.NewGuid().ToString("N")));
        File.WriteAllText(Path.Combine(directory, "model.json"), $$"""{"features":[{{Text.Replace("WINDOWS", windows, StringComparison.Ordinal)}}]}""");
        File.WriteAllText(Path.Combine(directory, "v.txt"), string.Join('\n', "abcdefgh".Select(letter => letter.ToString())));
        var model = LoadedModel.Load(new ModelPackage("merged", "1", "", directory, "test"), SessionSettings.Plain);
        model.WarmUp();
        model.TuneBy(() => new BatchSizeTuner(64));
        return model;
    }
}
