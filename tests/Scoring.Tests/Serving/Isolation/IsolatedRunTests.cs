using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Inference;
using Scoring.Protocol.OpenInference;
using Scoring.Serving;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Serving.Isolation;

/// <summary>Runs in a process of the model's own, ended and carried.</summary>
public sealed class IsolatedRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RunWatch watch = new(new RunGate(2, 4), TimeProvider.System, NullLogger<RunWatch>.Instance);

    public void Dispose()
    {
        watch.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Run_WithoutAnEnd_IsEndedInItsProcessWhichLivesOn()
    {
        using var model = Loop();
        var process = IsolatedModel.ProcessOf(model).Current!.ProcessId;
        using (var limit = Begin(TimeSpan.FromMilliseconds(100)))
        {
            Assert.Equal(ErrorCode.DeadlineExceeded, Assert.Throws<ScoringException>(() => Count(model, LoopModel.ForEver, limit)).Code);
        }

        Count(model, 3, null);
        Assert.Equal(process, IsolatedModel.ProcessOf(model).Current?.ProcessId);
    }

    [Fact]
    public async Task Run_ThatCannotBeEnded_EndsTheProcessAndFailsWhatElseRunsInItAlone()
    {
        using var model = Loop();
        var process = IsolatedModel.ProcessOf(model);
        using var other = watch.Begin(TimeProvider.System.GetTimestamp(), TimeSpan.FromMinutes(5), CancellationToken.None);
        var others = Task.Run(() => Count(model, LoopModel.ForEver, other));
        using var limit = Begin(TimeSpan.FromMilliseconds(200));

        // A process that is stopped hears of nothing, as a node that never comes back does.
        using (var stop = Process.Start("kill", ["-STOP", $"{process.Current!.ProcessId}"]))
        {
            await stop.WaitForExitAsync();
        }

        Assert.Equal(ErrorCode.DeadlineExceeded, Assert.Throws<ScoringException>(() => Count(model, 3, limit)).Code);
        var failure = await Assert.ThrowsAsync<ModelProcessException>(() => others);
        Assert.Contains("was ended, since a run in it could not be, during this run", failure.Message, StringComparison.Ordinal);

        await process.WhenUpAsync(CancellationToken.None);
        Count(model, 3, null);
        Assert.Equal(1, process.Restarts);
    }

    [Theory]
    [InlineData(DataType.Bool, "BOOL", "[true,false]")]
    [InlineData(DataType.Int8, "INT8", "[-128,127]")]
    [InlineData(DataType.Int16, "INT16", "[-32768,32767]")]
    [InlineData(DataType.Int32, "INT32", "[-2147483648,2147483647]")]
    [InlineData(DataType.Int64, "INT64", "[-9223372036854775808,9223372036854775807]")]
    [InlineData(DataType.Uint8, "UINT8", "[0,255]")]
    [InlineData(DataType.Uint16, "UINT16", "[0,65535]")]
    [InlineData(DataType.Uint32, "UINT32", "[0,4294967295]")]
    [InlineData(DataType.Uint64, "UINT64", "[0,18446744073709551615]")]
    [InlineData(DataType.Float, "FP32", "[1.5,-3.25]")]
    [InlineData(DataType.Double, "FP64", "[1.5,-2.25]")]
    [InlineData(DataType.String, "BYTES", """["½ of it",""]""")]
    public void Run_TensorOfAnyType_ComesBackAsItWent(DataType type, string name, string data)
    {
        using var model = IsolatedModel.Load(GraphBuilder.Echo(type, "n").Save(folder.Root));

        var answer = Infer(model, $$"""{"inputs":[{"name":"x","datatype":"{{name}}","shape":[2],"data":{{data}}}]}""", null);

        Assert.Equal(JsonNode.Parse(data)!.ToJsonString(), answer["outputs"]![0]!["data"]!.ToJsonString());
    }

    [Fact]
    public void Run_MegabytesInAndOut_ComeBackAsTheyWent()
    {
        using var model = IsolatedModel.Load(GraphBuilder.Echo(DataType.Float, "rows", 250_000).Save(folder.Root));
        var row = $"[{string.Join(',', Enumerable.Range(0, 250_000))}]";

        for (var round = 0; round < 2; round++)
        {
            var answer = Infer(model, $$"""{"inputs":[{"name":"x","datatype":"FP32","shape":[2,250000],"data":[{{row}},{{row}}]}]}""", null);
            Assert.Equal(499_999.0 - 250_000, (double)answer["outputs"]![0]!["data"]![499_999]!);
        }
    }

    [Fact]
    public void Load_OutputOfAnOptionalType_IsRefusedByName()
    {
        var optional = new Scoring.Onnx.TypeProto { OptionalType = new Scoring.Onnx.TypeProto.Types.Optional { ElemType = GraphBuilder.Tensor(DataType.Float, "n") } };
        new GraphBuilder(18).Input("x", DataType.Float, "n").Node("Optional", ["x"], ["o"]).Output("o", optional).Save(folder.Root);

        var refused = Assert.Throws<VersionRefusedException>(() => IsolatedModel.Load(folder.Root));

        Assert.Contains("'o'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("only without isolation", refused.Message, StringComparison.Ordinal);
    }

    private LoadedModel Loop()
    {
        LoopModel.Graph().Save(folder.Root);
        return IsolatedModel.Load(folder.Root);
    }

    private RunLimit Begin(TimeSpan timeout) => watch.Begin(TimeProvider.System.GetTimestamp(), timeout, CancellationToken.None);

    private static void Count(LoadedModel model, long n, RunLimit? limit) => Infer(
        model, $$"""{"inputs":[{"name":"n","datatype":"INT64","shape":[],"data":{{n}}},{"name":"a","datatype":"FP32","shape":[1],"data":[0]}]}""", limit);

    private static JsonNode Infer(LoadedModel model, string body, RunLimit? limit)
    {
        using var request = InferRequest.Read(model, Encoding.UTF8.GetBytes(body));
        using var response = request.Run(limit);
        using var answer = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(answer))
        {
            response.WriteJson(writer);
        }

        return JsonNode.Parse(answer.ToArray())!;
    }
}
