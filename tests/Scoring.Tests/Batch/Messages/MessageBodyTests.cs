using System.Text;
using Scoring.Batch.Messages;

namespace Scoring.Tests.Batch.Messages;

public sealed class MessageBodyTests
{
    private const string Json = """{"id":"é"}""";

    [Fact]
    public void Decode_RawJson_IsTheJson() => Assert.Equal(Json, Encoding.UTF8.GetString(MessageBody.Decode($"\n {Json} ")));

    [Fact]
    public void Decode_Base64_IsTheJson() =>
        Assert.Equal(Json, Encoding.UTF8.GetString(MessageBody.Decode(Convert.ToBase64String(Encoding.UTF8.GetBytes(Json)))));

    [Fact]
    public void Decode_ByteOrderMark_IsDropped() =>
        Assert.Equal(Json, Encoding.UTF8.GetString(MessageBody.Decode(Convert.ToBase64String([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Json)]))));

    [Theory]
    [InlineData("not base64!")]
    [InlineData("<xml/>")]
    public void Decode_Neither_SaysWhatWasFound(string message)
    {
        var exception = Assert.Throws<ScoringException>(() => MessageBody.Decode(message));

        Assert.Equal(ErrorCode.InvalidJson, exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }
}
