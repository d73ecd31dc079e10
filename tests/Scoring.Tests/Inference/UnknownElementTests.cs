using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Inference;

public sealed class UnknownElementTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

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
