using Scoring.Inference;
using TestCommon;

namespace Scoring.Tests.Inference;

/// <summary>Files that were cut short on their way.</summary>
public sealed class TruncatedModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(300)]
    [InlineData(-100)]
    [InlineData(-10)]
    public void Load_FileCutShort_IsRefusedWithTheCause(int bytes)
    {
        var whole = File.ReadAllBytes(Checkout.PathTo("samples", "intent", "package", "model.onnx"));
        var path = folder.PathTo("model.onnx");
        File.WriteAllBytes(path, whole[..(bytes < 0 ? whole.Length + bytes : bytes)]);

        var refused = Assert.Throws<ScoringException>(() => ModelSession.Load(path, SessionSettings.Plain));

        Assert.Equal(ErrorCode.ModelUnavailable, refused.Code);
        Assert.DoesNotContain(folder.Root, refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
