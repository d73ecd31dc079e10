using Scoring.Inference;
using TestCommon;
using Xunit.Abstractions;

namespace Scoring.Tests.Inference;

public sealed class HostileModelsTests(ITestOutputHelper output)
{
    [SharedDataTheory("models/hostile")]
    [InlineData("arbitrary_external_file.onnx")]
    [InlineData("corrupt.onnx")]
    [InlineData("empty.onnx")]
    [InlineData("opset_314159.onnx")]
    [InlineData("unknown_custom_op.onnx")]
    public void Load_HostileModel_IsRefusedWithTheCause(string file)
    {
        var refused = Assert.Throws<ScoringException>(() => ModelSession.Load(Checkout.SharedPathTo("models", "hostile", file), SessionSettings.Plain));

        output.WriteLine(refused.Message);
        Assert.Equal(ErrorCode.ModelUnavailable, refused.Code);
        Assert.DoesNotContain(Checkout.SharedPathTo("models"), refused.Message, StringComparison.Ordinal);
    }
}
