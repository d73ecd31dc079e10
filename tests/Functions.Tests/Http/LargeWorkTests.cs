using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Scoring;
using Scoring.Http;
using Scoring.Serving;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Functions.Tests.Http;

/// <summary>Large bodies and answers take turns.</summary>
public sealed class LargeWorkTests : IDisposable
{
    private const int Large = LargeWork.Bytes;
    private const int Small = LargeWork.Bytes - 1;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly BodyBudget budget = new(16 << 20, 64 << 20);
    private readonly EngineServices services = new();

    public static TheoryData<string> Calls => [.. Endpoints.Keys];

    // Good ones of each kind, and bad ones.
    private static string[] Bodies { get; } =
    [
        """{"instances":["a"]}""", """{"model":"encoder","input":["a"]}""", """{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["a"]}]}""", """{"model":"any","instances":["a"]}""",
        """{"outcomes":[]}""", "{}", "[", "",
    ];

    private static Dictionary<string, Func<EngineServices, HttpRequest, Task<IResult>>> Endpoints { get; } = new()
    {
        ["score"] = (engine, request) => engine.Get<ScoreEndpoint>().ScoreAsync(request, "any", null, CancellationToken.None),
        ["infer"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().InferAsync(request, "any", null, CancellationToken.None),
        ["infer binary"] = (engine, request) =>
        {
            request.Headers[InferenceBody.HeaderLength] = "0";
            return engine.Get<OpenInferenceEndpoint>().InferAsync(request, "any", null, CancellationToken.None);
        },
        ["embeddings"] = (engine, request) => engine.Get<EmbeddingsEndpoint>().EmbedAsync(request, CancellationToken.None),
        ["index"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().IndexAsync(request, CancellationToken.None),
        ["job"] = (engine, request) => engine.Get<JobsEndpoint>().PostAsync(request, CancellationToken.None),
        ["outcomes"] = (engine, request) => engine.Get<OutcomesEndpoint>().PostAsync(request, CancellationToken.None),
    };

    public void Dispose() => services.Dispose();

    [Fact]
    public async Task Turn_LargeAnswerWhileAllTurnsAreTaken_WaitsAndSmallOnesDoNot()
    {
        var taken = await TakeAllAsync();

        var next = LargeWork.TurnAsync(Large, CancellationToken.None).AsTask();
        Assert.Null(await LargeWork.TurnAsync(Small, CancellationToken.None).AsTask().WaitAsync(Limit));
        Assert.False(next.IsCompleted);

        taken.ForEach(turn => turn.Dispose());
        using var granted = await next.WaitAsync(Limit);
        Assert.NotNull(granted);
    }

    [Fact]
    public async Task Turn_CallerThatLeaves_DoesNotWait()
    {
        using var left = new CancellationTokenSource();
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await LargeWork.TurnAsync(Large, left.Token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task ReadAsync_LargeBodyWhileAllTurnsAreTaken_WaitsAndSmallOnesDoNot(string? coding)
    {
        var taken = await TakeAllAsync();

        var reading = RequestBody.ReadAsync(Request(new byte[Large], coding), budget, CancellationToken.None).AsTask();
        using (var small = await RequestBody.ReadAsync(Request(new byte[Small], coding), budget, CancellationToken.None).AsTask().WaitAsync(Limit))
        {
            Assert.Equal(Small, small.Length);
        }

        Assert.False(reading.IsCompleted);

        taken.ForEach(turn => turn.Dispose());
        using var body = await reading.WaitAsync(Limit);
        Assert.Equal(Large, body.Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task ReadAsync_TurnDoesNotComeInTime_DeadlineExceededAndNothingIsHeld(string? coding)
    {
        var taken = await TakeAllAsync();
        try
        {
            var soon = new RunDeadline(Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 10));

            var refused = await Assert.ThrowsAsync<ScoringException>(async () => await RequestBody.ReadAsync(Request(new byte[Large], coding), budget, CancellationToken.None, soon).AsTask().WaitAsync(Limit));

            Assert.Equal(ErrorCode.DeadlineExceeded, refused.Code);
            Assert.Equal(0, budget.HeldBytes);
        }
        finally
        {
            taken.ForEach(turn => turn.Dispose());
        }
    }

    [Fact]
    public async Task Score_LargeAnswerOfASmallBodyWhileAllTurnsAreTaken_Waits()
    {
        new GraphBuilder().Input("x", DataType.Float, "rows", 1).Longs("wide", [2], 1, Large).Node("Expand", ["x", "wide"], ["y"]).Output("y", DataType.Float, "rows", Large)
            .Save(Path.Combine(services.Models, "any", "1"));
        var body = """{"instances":[{"x":[1]}]}"""u8.ToArray();
        Assert.Equal(StatusCodes.Status200OK, (await services.CallAsync(request => Endpoints["score"](services, request), body).WaitAsync(Limit)).Status);
        var taken = await TakeAllAsync();

        var answering = services.CallAsync(request => Endpoints["score"](services, request), body);
        await Task.Delay(300);
        Assert.False(answering.IsCompleted);

        taken.ForEach(turn => turn.Dispose());
        Assert.Equal(StatusCodes.Status200OK, (await answering.WaitAsync(Limit)).Status);
    }

    /// <summary>A turn that was kept would be missing for good: however a request ends, all can be taken afterwards.</summary>
    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_LargeBodyOfAnyKind_GivesItsTurnBack(string endpoint)
    {
        GraphBuilder.Echo(DataType.String, "rows").Save(Path.Combine(services.Models, "any", "1"));
        TinyEncoder.Save(Path.Combine(services.Models, "encoder", "1"));
        foreach (var body in Bodies)
        {
            var bytes = Encoding.UTF8.GetBytes(body + new string(' ', Large));

            var (status, _) = await services.CallAsync(request => Endpoints[endpoint](services, request), bytes).WaitAsync(Limit);

            Assert.NotEqual(StatusCodes.Status504GatewayTimeout, status);
            (await TakeAllAsync()).ForEach(turn => turn.Dispose());
        }
    }

    // One at a time: two that took a part of the turns each would wait for one another.
    private static async Task<List<LargeWork.Turn>> TakeAllAsync()
    {
        var taken = new List<LargeWork.Turn>();
        for (var turn = 0; turn < Math.Max(1, Environment.ProcessorCount - 1); turn++)
        {
            taken.Add((await LargeWork.TurnAsync(Large, CancellationToken.None).AsTask().WaitAsync(Limit))!);
        }

        return taken;
    }

    private static HttpRequest Request(byte[] body, string? coding)
    {
        using var sent = new MemoryStream();
        using (Stream stream = coding switch { "gzip" => new GZipStream(sent, CompressionLevel.Fastest, leaveOpen: true), "br" => new BrotliStream(sent, CompressionLevel.Fastest, leaveOpen: true), _ => new BufferedStream(sent) })
        {
            stream.Write(body);
            stream.Flush();
        }

        var request = new DefaultHttpContext().Request;
        request.Headers.ContentEncoding = coding;
        request.Body = new MemoryStream(sent.ToArray());
        return request;
    }
}
