using Microsoft.ML.OnnxRuntime;
using Scoring.Inference;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Inference;

/// <summary>What the real runtime says when it fails, and what is made of it.</summary>
public sealed class NativeFailureTests : IDisposable
{
    // Four bytes each: as much as the address space of a process, more than any machine gives.
    private const long TooMany = 1L << 45;

    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("ConstantOfShape")]
    [InlineData("Range")]
    public void IsLackOfMemory_MoreThanTheMachineHas_True(string node)
    {
        using var session = Open(node == "Range"
            ? new GraphBuilder().Input("x", DataType.Int64).Longs("zero", [], 0).Longs("one", [], 1).Node(node, ["zero", "x", "one"], ["y"]).Output("y", DataType.Int64, "n")
            : new GraphBuilder().Input("x", DataType.Int64, 1).Node(node, ["x"], ["y"]).Output("y", DataType.Float, "n"));
        var failure = Run(session, TooMany, node == "Range" ? [] : [1]);

        Assert.True(NativeFailure.IsLackOfMemory(failure), failure.Message);
        Assert.False(NativeFailure.IsLackOfKernel(failure), failure.Message);
        Assert.Equal(ErrorCode.BodyTooLarge, RunFailure.From(failure).Code);
        Assert.StartsWith($"The model needs {TooMany * (node == "Range" ? sizeof(long) : sizeof(float))} bytes at once for these inputs", RunFailure.From(failure).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Failed to allocate memory for requested buffer of size 4096")]
    [InlineData("std::bad_alloc")]
    public void From_NoMoreThanTheMachineHas_IsNotTheCallers(string reason)
    {
        var failure = RunFailure.From(new RemoteRunException($"[ErrorCode:Fail] Non-zero status code returned while running Expand node. Name:'y' Status Message: {reason}"));

        Assert.Equal((ErrorCode.InferenceFailed, "The model's run failed: the server had too little memory for it at the time."), (failure.Code, failure.Message));
        Assert.True(RunFailure.LacksMemory(failure));
    }

    [Theory]
    [InlineData("ConstantOfShape", 1L << 62)]
    [InlineData("Range", 1L << 62)]
    [InlineData("Tile", 1L << 40)]
    public void IsBeyondAnyMachine_MoreThanAnyMachineHas_True(string node, long count)
    {
        using var session = Open(node switch
        {
            "Range" => new GraphBuilder().Input("x", DataType.Int64).Longs("zero", [], 0).Longs("one", [], 1).Node(node, ["zero", "x", "one"], ["y"]).Output("y", DataType.Int64, "n"),
            "Tile" => new GraphBuilder().Input("x", DataType.Int64, 1).Floats("tile", [1], 1).Node(node, ["tile", "x"], ["y"]).Output("y", DataType.Float, "n"),
            _ => new GraphBuilder().Input("x", DataType.Int64, 1).Node(node, ["x"], ["y"]).Output("y", DataType.Float, "n"),
        });
        var failure = Run(session, count, node == "Range" ? [] : [1]);

        Assert.True(NativeFailure.IsBeyondAnyMachine(failure), failure.Message);
        Assert.True(NativeFailure.IsLackOfMemory(failure), failure.Message);
    }

    [Fact]
    public void IsLackOfMemory_ValueThatANodeRefuses_False()
    {
        using var session = Open(new GraphBuilder().Input("x", DataType.Int64, 1).Floats("table", [2], 1, 2).Node("Gather", ["table", "x"], ["y"]).Output("y", DataType.Float, 1));
        var failure = Run(session, 99, [1]);

        Assert.False(NativeFailure.IsLackOfMemory(failure), failure.Message);
        Assert.False(NativeFailure.IsLackOfKernel(failure), failure.Message);
        Assert.Equal(ErrorCode.InvalidValue, RunFailure.From(failure).Code);
    }

    [Fact]
    public void From_NodeThatRefusesASize_TellsTheReasonWithoutASourceLocation()
    {
        using var session = Open(new GraphBuilder().Input("x", DataType.Int64, 1).Node("ConstantOfShape", ["x"], ["y"]).Output("y", DataType.Float, "n"));
        var failure = Run(session, -5, [1]);

        Assert.Contains("tensor.cc:", failure.Message, StringComparison.Ordinal);
        Assert.Equal("The model's node ConstantOfShape refuses these inputs: Tensor shape.Size() must be >= 0", RunFailure.From(failure).Message);
    }

    [Fact]
    public void IsLackOfMemory_GraphThatIsWrong_False()
    {
        var failure = Assert.Throws<OnnxRuntimeException>(() => Open(new GraphBuilder().Input("allocation", DataType.Float, "rows").Node("Det", ["allocation"], ["y"]).Output("y", DataType.Float)));

        Assert.False(NativeFailure.IsLackOfMemory(failure), failure.Message);
    }

    [Fact]
    public void IsLackOfKernel_TypeThatNoKernelTakes_True()
    {
        var failure = Assert.Throws<OnnxRuntimeException>(() => Open(new GraphBuilder().Input("x", DataType.Bfloat16, "rows").Node("Add", ["x", "x"], ["y"]).Output("y", DataType.Bfloat16, "rows")));

        Assert.True(NativeFailure.IsLackOfKernel(failure), failure.Message);
        Assert.False(NativeFailure.IsLackOfMemory(failure), failure.Message);
    }

    public void Dispose() => folder.Dispose();

    private static OnnxRuntimeException Run(InferenceSession session, long value, long[] shape)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(new[] { value }, shape);
        using var options = new RunOptions();
        return Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x"], [input], ["y"]).Dispose());
    }

    private InferenceSession Open(GraphBuilder graph)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        return new InferenceSession(Path.Combine(graph.Save(folder.PathTo("model")), "model.onnx"), options);
    }
}
