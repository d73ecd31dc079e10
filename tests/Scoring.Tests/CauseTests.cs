using System.Net.Sockets;
using Azure;

namespace Scoring.Tests;

public sealed class CauseTests
{
    private static readonly Exception Unreachable = new AggregateException(
        "Retry failed after 4 tries.",
        new RequestFailedException("Connection refused (127.0.0.1:10000)", new HttpRequestException("Connection refused (127.0.0.1:10000)", new SocketException((int)SocketError.ConnectionRefused))));

    [Fact]
    public void Of_StorageAway_IsOneLineWithTheLastReason()
    {
        var cause = Cause.Of(new ScoringException(ErrorCode.ModelUnavailable, "The model repository cannot be used.", Unreachable));

        Assert.StartsWith("SocketException: ", cause, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', cause);
    }

    [Fact]
    public void Of_StorageAnswers_IsItsStatusAndCode() =>
        Assert.Equal("RequestFailedException: 503 ServerBusy", Cause.Of(new RequestFailedException(503, "The server is busy.\nStatus: 503 (Server Busy)\n\nHeaders: …", "ServerBusy", null)));

    [Fact]
    public void Trace_Outage_IsLeftOut()
    {
        Assert.Null(Cause.Trace(Unreachable));
        Assert.Null(Cause.Trace(new ScoringException(ErrorCode.ModelUnavailable, "away", Unreachable)));
    }

    [Fact]
    public void Trace_AnythingElse_IsTheException()
    {
        var fault = new InvalidOperationException("a fault of ours");

        Assert.Same(fault, Cause.Trace(fault));
    }
}
