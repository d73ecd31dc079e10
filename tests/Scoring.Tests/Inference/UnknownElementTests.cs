using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Inference;

public sealed class UnknownElementTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(DataType.Float8E4M3Fn)]
    [InlineData(DataType.Float8E5M2)]
    [InlineData(DataType.Int4)]
    [InlineData(DataType.Uint4)]
    public void Load_ElementTypeThatTheProtocolDoesNotHave_IsRefusedWithWhatToDo(DataType type)
    {
        new GraphBuilder(opset: 21).Input("x", type, 2).Floats("scale", [], 1).Node("DequantizeLinear", ["x", "scale"], ["y"])
            .Output("y", DataType.Float, 2).Save(folder.PathTo("model"));

        var refused = Assert.Throws<ScoringException>(() => Scored.Load(folder.PathTo("model")));

        Assert.Equal(ErrorCode.ModelUnavailable, refused.Code);
        Assert.Contains("the Open Inference Protocol has no datatype", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Cast it inside the graph", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ElementTypeThatTheBindingDoesNotKnow_IsNotBlamedOnTheRuntime()
    {
        new GraphBuilder(opset: 19).Input("x", DataType.Float8E4M3Fn, 2).Node("Identity", ["x"], ["y"])
            .Output("y", DataType.Float8E4M3Fn, 2).Save(folder.PathTo("model"));

        var refused = Assert.Throws<ScoringException>(() => Scored.Load(folder.PathTo("model")));

        Assert.Contains(".NET binding does not know", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("refuses the model", refused.Message, StringComparison.Ordinal);
    }
}
