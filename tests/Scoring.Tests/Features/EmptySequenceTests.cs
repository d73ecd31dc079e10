using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Features;

public sealed class EmptySequenceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"instances":[{"s":[]}]}""")]
    [InlineData("""{"instances":[[]]}""")]
    public void Score_SequenceWithoutItems_IsRefused(string body)
    {
        var items = GraphBuilder.SequenceOf(GraphBuilder.Tensor(DataType.Float, "n"));
        new GraphBuilder().Input("s", items).Node("Identity", ["s"], ["t"]).Output("t", items).Save(folder.PathTo("model"));
        using var model = Scored.Load(folder.PathTo("model"));

        var refused = model.Refused(body);

        Assert.Equal(ErrorCode.InvalidValue, refused.Code);
        Assert.Contains("found an empty array; expected at least one item", refused.Message, StringComparison.Ordinal);
    }
}
