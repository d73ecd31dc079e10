using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Scoring;
using Scoring.Http;

namespace Functions.Tests.Http;

/// <summary>The header by which a caller says how long it waits.</summary>
public sealed class CallerTimeoutTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("2", 2)]
    [InlineData("0.25", 0.25)]
    [InlineData("600", 10)]
    [InlineData("79228162514264337593543950335", 10)]
    public void Of_Header_IsSecondsAndNeverLongerThanTheApps(string header, double seconds)
    {
        var deadline = CallerTimeout.Of(Request(header), arrival: 1000, Timeout);

        Assert.True(deadline.IsCallers);
        Assert.Equal(1000 + (long)(seconds * Stopwatch.Frequency), deadline.At);
    }

    [Fact]
    public void Of_NoHeader_IsTheAppsOwnTimeout()
    {
        var deadline = CallerTimeout.Of(new DefaultHttpContext().Request, arrival: 1000, Timeout);

        Assert.False(deadline.IsCallers);
        Assert.Equal(1000 + (10 * Stopwatch.Frequency), deadline.At);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("1e3")]
    [InlineData("")]
    public void Of_NoTime_SaysWhatIsExpected(string header)
    {
        var refused = Assert.Throws<ScoringException>(() => CallerTimeout.Of(Request(header), 0, Timeout));

        Assert.Equal(ErrorCode.InvalidValue, refused.Code);
        Assert.Contains("seconds above 0", refused.Message, StringComparison.Ordinal);
    }

    private static HttpRequest Request(string header)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers[CallerTimeout.Header] = header;
        return request;
    }
}
